import type { DoctorText } from "./doctor-types.js";

function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} byte${bytes === 1 ? "" : "s"}`;
  const [value, unit] = bytes < 1_048_576 ? [bytes / 1_024, "KB"] : [bytes / 1_048_576, "MB"];
  return `${value.toFixed(1)} ${unit}`;
}

export const englishDoctor: DoctorText = {
  title: (mailbox) => `Diagnosis of ${mailbox}`,
  steps: {
    resolved: "Name found",
    connected: "Connection",
    tls: "TLS",
    chain: "Server's certificate",
    revocation: "Revocation",
    authenticated: "Authentication",
    folders: "Folders",
    limits: "Limits",
  },
  notReached: "not reached",
  viaProxy: "through the proxy",
  issuedBy: "issued by",
  daysLeft: (days) => (days < 0 ? `expired ${-days} days ago` : `expires in ${days} days`),
  revocation: { off: "not checked", soft: "checked where possible", strict: "checked" },
  mechanism: (name) => (name === "none" ? "by the certificate alone" : name.toUpperCase()),
  ownCertificate: "our certificate",
  folders: (count) => `${count} folder${count === 1 ? "" : "s"}`,
  messages: (count, unseen) => `${count} received${unseen === undefined ? "" : `, ${unseen} unread`}`,
  maxSize: (bytes) => `mails of ${size(bytes)} at most`,
  noMaxSize: "largest size not announced",
  dsn: { yes: "delivery receipts offered", no: "no delivery receipts (DSN)" },
  quota: (usage, limit) => `${size(usage)} used of ${size(limit)}`,
  quotaUnknown: "quota not announced",
  firstFailure: "First failure",
  whatToDo: "What to do",
  allWell: (ms) => `Everything answers, in ${(ms / 1000).toFixed(1)} s.`,
  warnings: "To watch",
  advice: {
    check_dns:
      "This machine does not know the server's name: check the network and the name server (network.dns), or the name in the configuration.",
    pin_hosts:
      "The domain does not publish its servers: name them in the configuration (operator.imap, operator.smtp); the operator gives them (for Medimail: Mipih).",
    host_suffixes:
      "The server found is not under the names allowed. Where it is indeed the operator's, add its domain to operator.hostSuffixes.",
    allowed_addresses:
      "The server found is at an address of a private network. Where the operator is reached through a VPN, add the range to network.allowedAddresses.",
    open_port:
      "The server does not take the connection, or does not answer on it: have this outgoing port opened to this server (TCP 587 for sending, 143 for receiving, unless the operator says otherwise), or set network.proxy.",
    check_service:
      "The connection opens, but what answers is not the service expected: check the host and the port (587 to send, 143 to receive; 465 and 993, with implicit TLS, will not do), and that they are not swapped. Where they are right, something in between holds the exchange back, or the server is at fault: give the operator this report (--bundle).",
    allow_network:
      "Node's permission model (--permission) keeps this process from the network: start it with --allow-net.",
    check_proxy:
      "The proxy does not open the way: check network.proxy, its credentials, and that it allows this server and port.",
    tls_stripped:
      "The server does not offer STARTTLS, or something on the way takes it away (antivirus, a firewall that inspects mail): exempt this server from the inspection.",
    tls_profile:
      "The TLS handshake fails: the server's version or suites, or something that decrypts the traffic. Exempt this server from inspection; else give this report to the operator.",
    add_authority:
      "No authority of tls.ca vouches for the server's certificate: add the root and the intermediate authority of IGC-Santé. Where the issuer shown is not IGC-Santé, something intercepts the traffic, or it is not the right server.",
    certificate_dates:
      "The server's certificate is outside of its dates. Check the date and time of this machine first; if they are right, the operator must renew its certificate.",
    certificate_name:
      "The server's certificate is for another name: check the name in the configuration; a certificate of another name is never accepted.",
    certificate_revoked: "The server's certificate is revoked. Do not go around it: give this report to the operator.",
    server_certificate:
      "The server's certificate cannot be used for MSSanté (usage, range, key or signature too weak, constraint of its authority): another authority will not change that. Give this report to the operator (--bundle), who has to change it.",
    revocation_sources:
      "Whether the server's certificate is revoked cannot be known. Check that this machine, or the proxy (network.proxy), reaches the addresses of the authority by HTTP (revocation lists, OCSP): the message says what was missing. Where they are reached, give this report to the operator; do not go round this check.",
    revocation_off:
      "The revocation of the server's certificate is not checked (tls.revocation: off): a revoked one would be accepted.",
    own_certificate:
      "Our certificate cannot be used (expired, damaged, or a key that is another's): check auth.p12 or auth.cert, and ask IGC-Santé for a new one where it has expired.",
    own_certificate_refused:
      "The operator refuses our certificate, or wants one: check that it is that of the structure declared for this mailbox, of the range Élémentaire Organisations.",
    own_certificate_expiry: "Our certificate expires soon: ask IGC-Santé for its renewal now.",
    server_certificate_expiry: "The server's certificate expires soon: tell the operator.",
    login: "No professional is logged in with Pro Santé Connect: log in with the CPS card or e-CPS, then try again.",
    token_refused:
      "The operator refuses the Pro Santé Connect token: log in again (CPS card or e-CPS), and check that the person may open this mailbox.",
    credentials_refused:
      "The operator refuses the authentication: check the mailbox's address, that it is open at the operator's (account VALIDE), the certificate (the one that is declared for this mailbox) or the password, and the SASL step (auth.sasl) that it wants.",
    secret_missing:
      "A secret or a file of the authentication cannot be read by this account, or is not the right one (passphrase): see the message.",
    operator_fault: "The operator does not answer this step well: try again, then give it this report (--bundle).",
    no_delivery_receipts:
      "The operator offers no delivery receipts: a sending stays “accepted” and does not become “delivered”.",
    quota_nearly_full: "The mailbox is nearly full: delete mails, or ask the operator for more room.",
  },
  bundleWritten: (file) => `Report written: ${file} (no secret, no health data).`,
  bundle: {
    title: "Medimail diagnosis report",
    made: "Made on",
    nothingSecret:
      "This report holds no password, token or key, no content of a mail and no name of a folder. It holds the mailbox's address, the servers and their certificates.",
    configuration: "Configuration",
    steps: "Steps",
    data: "Data",
  },
};
