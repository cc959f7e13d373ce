type Keys<T, Which extends "sure" | "maybe"> = {
  [K in keyof T]-?: undefined extends T[K] ? (Which extends "maybe" ? K : never) : Which extends "sure" ? K : never;
}[keyof T];

/** An object whose optional members are either there or absent, never `undefined`. */
export type Defined<T> = { [K in Keys<T, "sure">]: T[K] } & { [K in Keys<T, "maybe">]?: Exclude<T[K], undefined> };

/**
 * Leaves out the members that are `undefined`: with `exactOptionalPropertyTypes`, absent and undefined are two things. The object itself
 * where none is, else another.
 */
export function defined<T extends object>(object: T): Defined<T> {
  // On the way of every mail, sixty times: loops are many times faster than entries and back.
  for (const key in object) if (object[key] === undefined) return withoutUndefined(object);
  return object as Defined<T>;
}

function withoutUndefined<T extends object>(object: T): Defined<T> {
  const result: Record<string, unknown> = {};
  for (const key in object) {
    const value = object[key];
    if (value !== undefined) result[key] = value;
  }
  return result as Defined<T>;
}
