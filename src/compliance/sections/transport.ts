import type { CoverageTable } from "./entry.js";
import { met, partly } from "./entry.js";

/** Section 1: transport, TLS, authentication. */
export const transport: CoverageTable = {
  "ECO.1.0.1": met(
    "Nothing but EHLO and STARTTLS is said before TLS, the capabilities are asked again after it, then comes authentication; a server that does not offer STARTTLS is refused.",
    ["src/transport/smtp/session.ts"],
    ["test/transport/smtp-session.test.ts", "test/compliance/behaviour.test.ts"],
  ),
  "ECO.1.0.2": met(
    "After STARTTLS and new capabilities the mailbox is read and acted on by IMAP: folders, lists, search, bodies, attachments, flags, moves, deletion, drafts, watching, receipts. LOGIN is never used; a server that does not offer STARTTLS is refused.",
    ["src/transport/imap/session.ts", "src/transport/imap/mailbox.ts"],
    [
      "test/transport/imap.test.ts",
      "test/compliance/behaviour.test.ts",
      "test/mailbox/reading.test.ts",
      "test/mailbox/acting.test.ts",
    ],
  ),
  "ECO.1.1.1": met(
    "TLS 1.2 is the least accepted, and there is no setting that goes lower or does without.",
    ["src/trust/verifier.ts"],
    ["test/transport/smtp-session.test.ts", "test/compliance/behaviour.test.ts"],
  ),
  "ECO.1.1.2": met(
    "TLS 1.2 is spoken beside 1.3, so that an operator limited to 1.2 is served.",
    ["src/trust/profile.ts"],
    ["test/trust/verifier.test.ts"],
  ),
  "ECO.1.1.3": met(
    "For TLS 1.2 only 0xC030 and 0xC02F are offered, and a server that has neither is refused; TLS 1.3 suites stand beside them, since the list was reworded and its present text was not seen.",
    ["src/trust/profile.ts"],
    ["test/trust/verifier.test.ts", "test/trust/servers.test.ts", "test/trust/openssl-server.test.ts"],
  ),
  "ECO.1.1.4": met(
    "A server whose chain reaches an authority of `tls.ca` is accepted; IGC-Santé's files are given by the caller, and were not tried here.",
    ["src/trust/certificates/chain.ts"],
    ["test/compliance/behaviour.test.ts"],
  ),
  "ECO.1.1.5": met(
    "An expired certificate, of the server or of an authority of its chain, ends the connection before any authentication, with `certificate_invalid`.",
    ["src/trust/certificates/chain.ts", "src/trust/verifier.ts"],
    ["test/transport/smtp-session.test.ts", "test/trust/servers.test.ts"],
  ),
  "ECO.1.1.6": met(
    "Every certificate of the chain but the root is looked up, by OCSP (stapled or asked) and CRL, after the handshake and before the socket is handed over; strict by default.",
    ["src/trust/verifier.ts", "src/trust/revocation/checker.ts"],
    ["test/trust/servers.test.ts", "test/cli/trust-certificate.test.ts"],
  ),
  "ECO.1.1.7": met(
    "The last valid list is kept on disk (`tls.revocationFolder`) and used while its authority is away; an older one never takes its place.",
    ["src/trust/revocation/crl-source.ts", "src/trust/revocation/checker.ts"],
    ["test/trust/revocation.test.ts", "test/trust/servers.test.ts"],
  ),
  "ECO.1.1.9": met(
    "With `operator: discover` the hosts come from the SRV records of the mailbox's domain, else from its autoconfig document, and are looked up again after their life or a failed connection. The labels are those of RFC 6186; that MSSanté uses them is not public.",
    ["src/discovery/source.ts"],
    ["test/discovery/srv.test.ts", "test/discovery/cache.test.ts", "test/discovery/connector.test.ts"],
  ),
  "ECO.1.1.10": partly(
    "Only the authorities of `tls.ca` vouch for a server, never the system's store; a chain of IGC-Santé must be of the range Élémentaire Organisations, test and production are kept apart. That the authorities given are IGC-Santé's is the caller's; its real files were not tried here.",
    ["src/trust/verifier.ts", "src/trust/certificates/chain.ts"],
    ["test/trust/verifier.test.ts", "test/trust/servers.test.ts", "test/trust/authorities.test.ts"],
  ),
  "ECO.1.2.1": met(
    "XOAUTH2 with the box's address and the professional's Pro Santé Connect access token, after TLS only; renewed ahead of its end, once for all mailboxes.",
    ["src/auth/psc/session.ts", "src/auth/token.ts", "src/transport/smtp/auth.ts"],
    ["test/auth/psc.test.ts", "test/auth/psc-mailboxes.test.ts", "test/transport/smtp-session.test.ts"],
  ),
  "APP-AUTH": met(
    "The client certificate (p12 or PEM) answers the server's request; the SASL step after it is unpublished, hence a setting: none, EXTERNAL or PLAIN.",
    ["src/auth/certificate.ts"],
    ["test/auth/certificate.test.ts", "test/transport/imap.test.ts"],
  ),
  "ECO.1.2.3": met(
    "`submit` needs no operator: it returns once the submission is on disk, and a fault of the connection stays in the delivery, which tries again; the same while nobody is logged in, or the DNS is away.",
    ["src/sending/delivery.ts"],
    ["test/compliance/behaviour.test.ts", "test/auth/psc-mailboxes.test.ts", "test/discovery/connector.test.ts"],
  ),
  "ECO.1.2.5": met(
    "Tokens are kept in memory only, in private fields that nothing prints or serialises, never in a store or a log, and a configuration that would read one from a file is refused (but for a mock on this machine).",
    ["src/auth/psc/session.ts", "src/auth/token.ts", "src/config/schema.ts"],
    ["test/auth/psc-disk.test.ts", "test/auth/psc.test.ts", "test/config/parse.test.ts", "test/settings/load.test.ts"],
  ),
  "ECO.1.2.6": met(
    "A refresh that is refused ends the session: idle SMTP sessions say QUIT, IMAP sessions LOGOUT, watches end with `login_required`, none is opened; mails stay queued.",
    ["src/auth/psc/session.ts", "src/transport/smtp/pool.ts", "src/transport/imap/link.ts"],
    ["test/auth/psc.test.ts", "test/auth/psc-mailboxes.test.ts", "test/transport/smtp-right-ends.test.ts"],
  ),
  "ECO.1.2.7": met(
    "A lost session is opened again without anyone while Pro Santé Connect's right lasts, with a token renewed where it has ended.",
    ["src/transport/imap/mailbox.ts", "src/auth/psc/session.ts"],
    ["test/compliance/behaviour.test.ts", "test/auth/psc-mailboxes.test.ts"],
  ),
};
