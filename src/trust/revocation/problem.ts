/** Why a list or an answer says nothing of a certificate. Told in the error where nothing else says more. */
export class RevocationProblem extends Error {
  override readonly name = "RevocationProblem";
}

/** Clocks differ: what is dated so little in the future is taken as of now. */
export const SKEW_MS = 5 * 60_000;
