/** Obligation: `M` mandatory; `M*` mandatory for GP software in Ségur wave 2, other profiles not seen; `O` optional; `?` unknown. */
export type Obligation = "M" | "M*" | "O" | "?";

/** Who can see that a requirement is met: a test server, a person at the screen, someone who declares it; or nothing to judge. */
export type SeenBy = "program" | "screen" | "declared" | "information";

/**
 * One row of the catalogue: a requirement of a MSSanté client, in words of ours. No official text is quoted: `source` says where the
 * fact was read and how certain it is (`C` certain, `I` inferred from a third party's restatement, `U` uncertain).
 */
export interface Requirement {
  /** The row's first code, made fit for a file name: what reports call `code`. */
  id: string;
  /** Every code that stands for the same obligation. */
  codes: readonly string[];
  section: number;
  en: string;
  fr: string;
  /** `ALL`, `IHM` (screens on PER and ORG boxes), `APP` (unattended), `SEND`, `RECV`, or a kind of product. */
  profiles: string;
  obligation: Obligation;
  /** What an operator that sees the client from outside can look at. */
  observe: string;
  seen: readonly SeenBy[];
  source: string;
}

/**
 * How far this version goes. `met`: code and a test exist. `partly`: some of it does, and `how` says what is missing. `caller`: the
 * publisher, his operator or his organisation must do it. `later`: planned, absent today. `not-applicable`: nothing for a connector to do.
 */
export type CoverageStatus = "met" | "partly" | "caller" | "later" | "not-applicable";

export interface Coverage {
  status: CoverageStatus;
  /** One plain sentence. */
  how: string;
  /** Files or rooms of `src/`. */
  where: readonly string[];
  /** Files of `test/`. */
  tests: readonly string[];
}
