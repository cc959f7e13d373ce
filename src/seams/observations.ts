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
      port: number;
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
      clientCertificate?: { subject: string; issuer: string; fingerprint256: string; authorized: boolean };
      error?: string;
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
      sha256: string;
      /** Where the mock wrote it, relative to its folder. */
      file?: string;
    }
  | { v: 1; at: string; connection: string; kind: "fault"; name: string }
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

export type ObservationSink = (observation: Observation) => void;
