const FORMULA = /^[=+\-@\t\r]/;
const GUARDED = /^'+(?=[=+\-@\t\r])/;

/** Whether a spreadsheet program would take a cell of a CSV file for a formula. */
export const isFormula = (value: string): boolean => FORMULA.test(value);

/** An apostrophe before what a spreadsheet program would run; {@link unguarded} takes it away again, so a value is read back as it was. */
export const guarded = (value: string): string => (FORMULA.test(value) || GUARDED.test(value) ? `'${value}` : value);

export const unguarded = (value: string): string => (GUARDED.test(value) ? value.slice(1) : value);
