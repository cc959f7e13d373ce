/** A client certificate for mutual TLS (APP mailboxes), as `tls.connect` takes it. */
export interface ClientCertificate {
  /** PKCS#12 bytes, with its passphrase; or PEM below. */
  pfx?: Uint8Array;
  passphrase?: string;
  cert?: string;
  key?: string;
}

/** What a session does after STARTTLS. `none`: no SASL step (SMTP only; the certificate speaks). */
export type SaslStep =
  | { mechanism: "none" }
  | { mechanism: "external"; authorizationId?: string }
  | { mechanism: "plain"; username: string; password: string }
  | { mechanism: "xoauth2"; username: string; token: string; initialResponse: boolean };

/**
 * Where credentials come from. Asked again for each new session, so that a renewed token or certificate is used without
 * a restart. Secrets that it returns live in memory only (SC.MSS/CONF.28).
 */
export interface CredentialSource {
  /** The client certificate, where the mailbox has one. */
  certificate(): Promise<ClientCertificate | undefined>;
  sasl(protocol: "smtp" | "imap", options?: { signal?: AbortSignal }): Promise<SaslStep>;
  /**
   * The server refused `step`, which `sasl` gave: a token is given to no session any more, of whatever protocol (interfaces.md §2.2).
   * True where a fresh credential can be had and the session may be tried once more. False: stop. Undefined: `sasl` gave nothing.
   */
  refused(protocol: "smtp" | "imap", step: SaslStep | undefined): Promise<boolean>;
  /** Aborted when there is no right any more: open sessions are ended, and none is opened (ECO.1.2.6). Absent where that cannot be. */
  readonly ended?: AbortSignal;
  close(): Promise<void>;
}
