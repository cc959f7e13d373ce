declare const brand: unique symbol;

/** A value that was parsed: the type can only be had from its `parse…` function. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Of every parser of the room. */
export interface ParseOptions {
  /** Whether a wrong check digit is refused. Default true; false for documents, which are read as they are. */
  checkKey?: boolean;
  /** Where the value stands in the caller's input, for the error (`mailbox.address`). */
  path?: string;
}
