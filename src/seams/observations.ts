/**
 * What a server of ours, or someone else's, saw of a client: the input of the compliance checks. One JSON object a line
 * when written. The format grows with the checks; `v` changes only where a reader must.
 */
export type Observation =
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "tcp";
      protocol: "smtp" | "imap";
      what: "open" | "close";
      /** 0 where it is not known. */
      port: number;
      /**
       * Where the dialogue was not recorded as a whole: `none` of it, or `part`. What is absent was then not seen, which is not to
       * say that it was not said. On `open`.
       */
      dialogue?: "part" | "none";
      /** How often each command was said, where a server has counted them and not written them down; upper case. On `close`. */
      commands?: Readonly<Record<string, number>>;
    }
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "tls";
      protocol: "smtp" | "imap";
      what: "established" | "failed";
      version?: string;
      cipher?: string;
      serverName?: string;
      /** What the client offered, read from its ClientHello. Suites as hex (`0xC030`), in the client's order; GREASE left out. */
      clientHello?: { versions: readonly string[]; suites: readonly string[]; serverName?: string };
      /**
       * Which certificate and profile the server showed: `good` (of the test chain; the default), the name of the fault
       * (`expired-certificate`, `tls-1.1`), or `unknown`.
       */
      profile?: string;
      clientCertificate?: { subject: string; issuer: string; fingerprint256: string; authorized: boolean };
      error?: string;
      /** What is absent here is not known, rather than not there: a log says little of a handshake. */
      partial?: true;
    }
  /** One line of the dialogue; a credential is replaced by `[credential]`, content (DATA, literals) by its size. */
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "line";
      protocol: "smtp" | "imap";
      from: "client" | "server";
      line: string;
      tls: boolean;
    }
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "auth";
      protocol: "smtp" | "imap";
      mechanism: string;
      user: string;
      ok: boolean;
      tls: boolean;
      initialResponse?: boolean;
      /** Beginning of the SHA-256 of the credential: whether the same was shown twice, and nothing else. */
      fingerprint?: string;
    }
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "mail";
      from: string;
      to: string[];
      size: number;
      parameters: Record<string, string>;
      /** Empty where its bytes were not kept, as by a log: the mail is then known, and not judged. */
      sha256: string;
      messageId?: string;
      /** Where the mock wrote it, relative to its folder. */
      file?: string;
    }
  | { v: 1; at: string; connection: string; kind: "fault"; name: string }
  /**
   * A mail that the server put into a mailbox of the client under test: what its answers are held against (a receipt that was
   * not asked for, a document that replaces another). `file` as of `mail`.
   */
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "delivered";
      mailbox: string;
      from: string;
      messageId?: string;
      /** What the mail is in the scenario: `document`, `replace`, `delete`, `patient`, `dsn`, `mdn`, `ko`, … */
      what?: string;
      size: number;
      sha256: string;
      file?: string;
    }
  /**
   * A request to one of the HTTP surfaces. `parameters` has the names and values of query and form, `[credential]` in place of a
   * secret, nothing of a body else; `connection` is one of `http-…`.
   */
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "http";
      surface: HttpSurface;
      /** `token`, `authorize`, `userinfo`, `Practitioner`, `issuer.crl`, …: what of the surface. */
      operation: string;
      method: string;
      path: string;
      parameters: Readonly<Record<string, string>>;
      status: number;
      /** How the client proved itself at a token endpoint: `client_secret_basic`, `private_key_jwt`, `tls_client_auth`, … */
      clientAuth?: string;
      /** An answer that says no: `invalid_grant`, an OperationOutcome's code. */
      error?: string;
    }
  /** A scenario began, ended, or reached a step; what follows on every connection belongs to it, until it ended. */
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "scenario";
      id: string;
      what: "begin" | "step" | "end";
      step?: number;
      repetition?: number;
      /** Why it ended: `done`, `time`, `stopped`, `command-failed`. */
      reason?: string;
    }
  /** The client under test was started or ended: what a restart is judged by. `code` is the exit code. */
  | { v: 1; at: string; connection: string; kind: "client"; what: "start" | "end"; code?: number }
  /** A mailbox of the server, and what it is: said once, before any connection. `type` is PER, ORG, APP, CAB, INT or MED. */
  | { v: 1; at: string; connection: string; kind: "mailbox"; address: string; type: string }
  /** A mail that the client filed itself (IMAP APPEND). `file` as of `mail`. */
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "appended";
      mailbox: string;
      folder: string;
      flags: readonly string[];
      messageId?: string;
      /** As it stood, at most 998 bytes of it. */
      subject?: string;
      size: number;
      sha256: string;
      file?: string;
    }
  /** A question to the name server: `SRV _imap._tcp.…` (ECO.1.1.9). `answer` is NOERROR with the number of records, NXDOMAIN, or how it failed. */
  | {
      v: 1;
      at: string;
      connection: string;
      kind: "dns";
      type: string;
      name: string;
      answer: string;
      records: number;
    };

/** How a server may present itself that a client must refuse; each is a fault of the mock by this name. */
export const BAD_TLS_PROFILES = [
  "expired-certificate",
  "wrong-name-certificate",
  "untrusted-certificate",
  "revoked-certificate",
  "wrong-usage-certificate",
  "wrong-range-certificate",
  "tls-1.1",
  "weak-ciphers",
] as const;
export type BadTlsProfile = (typeof BAD_TLS_PROFILES)[number];

export type HttpSurface = "psc" | "directory" | "white-list" | "autoconfig" | "crl" | "ocsp" | "other";

export type ObservationSink = (observation: Observation) => void;
