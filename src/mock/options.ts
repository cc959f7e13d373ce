import type { ObservationSink } from "../seams/observations.js";
import type { MockControlOptions } from "./control/server.js";
import type { MockDirectoryOptions } from "./directory/server.js";
import type { ImapExtension } from "./imap/capabilities.js";
import type { MockPscOptions } from "./psc/provider.js";
import type { Mechanism } from "./sasl.js";

/** Types of Medimail's account file (raccordement guide); CAB is of the national list. */
export type MailboxType = "PER" | "ORG" | "APP" | "CAB" | "INT" | "MED";

/** How the owner of a mailbox proves who he is. */
export type MockMailboxAuth =
  | {
      method: "certificate";
      /** Which SASL step the server accepts with the certificate. Default: none for SMTP, external for IMAP. A string sets both. */
      sasl?: MockSasl | { smtp?: MockSasl; imap?: Exclude<MockSasl, "none"> };
      /** Only with `plain`. */
      password?: string;
    }
  | { method: "xoauth2" /** Made at start where absent. */; token?: string }
  | { method: "password"; password: string };

export type MockSasl = "none" | "external" | "plain";

export interface MockMailboxOptions {
  address: string;
  type: MailboxType;
  /** What a person calls the mailbox: the sender label of its configuration. */
  label?: string;
  /** Default: a certificate for APP, a token for every other type. */
  auth?: MockMailboxAuth;
  /** Folders that are there from the start, beside INBOX. Default: Sent, Drafts, Trash and Junk, with their uses. */
  folders?: readonly MockFolderOptions[];
  /** Bytes that APPEND and COPY may fill, said by QUOTA; beyond, NO [OVERQUOTA]. Mails that arrive are not refused. Default 1 GiB. */
  quota?: number;
}

export interface MockFolderOptions {
  /** As on the wire: modified UTF-7 (`&AMk-l&AOk-ments envoy&AOk-s`), levels separated by `/` whatever the namespace. */
  name: string;
  /** `\Sent`, `\Drafts`, `\Trash`, `\Junk`, `\Archive`, `\All`, `\Flagged` (RFC 6154). */
  specialUse?: string;
}

/** What the IMAP server offers. Each fault `no-…` takes an extension away from one session. */
export interface MockImapOptions {
  /** Plain IMAP4rev1 with STARTTLS and AUTHENTICATE, not one extension. Default false. */
  bare?: boolean;
  /** Extensions and mechanisms that are neither announced nor understood: `["QRESYNC", "AUTH=PLAIN"]`. What is built on them goes too. */
  without?: readonly (ImapExtension | `AUTH=${Mechanism}`)[];
  /** How folders are named. Default: no prefix, and `/`. */
  namespace?: {
    /** Of every folder but INBOX, its delimiter included: `INBOX.`. */
    prefix?: string;
    /** One character between the levels. */
    delimiter?: string;
  };
}

/** What recipients and their operators send back by themselves. */
export interface AutoReceipts {
  /** DSN of success, where NOTIFY asks it. Default true. */
  deliver?: boolean;
  /** A displayed MDN as soon as the mail is delivered, where the mail asks one. Default false. */
  read?: boolean;
  /** A processed MDN, as a software that files the documents by itself. Default false. */
  integrate?: boolean;
  /** How long each of them waits, in milliseconds of the mock's clock. Default 0: they are there when the mail is. */
  deliverAfterMs?: number;
  readAfterMs?: number;
  integrateAfterMs?: number;
}

export interface MockMedimailOptions {
  /** Where the CA, the keys, the configurations and the mails are written. Default: a temporary folder made by `ready()`, removed by `close()`. */
  dir?: string;
  /** Where mails are written, in its folder `mails`. Default: `dir`, where it is given. */
  mailsDir?: string;
  /** 0, the default: a free port. */
  smtpPort?: number;
  imapPort?: number;
  /** Of the name server, UDP. 0, the default: a free port. */
  dnsPort?: number;
  /** Of the HTTP server: white list, autoconfig documents, revocation. 0, the default: a free port. */
  httpPort?: number;
  /** Domains that its white list names beside those of its mailboxes. */
  whiteListDomains?: readonly string[];
  /** The name clients are told to connect to. The certificate is for it and for 127.0.0.1. Default `localhost`. */
  hostname?: string;
  /** Default: {@link defaultMailboxes}. */
  mailboxes?: readonly MockMailboxOptions[];
  /** Called for each observation as it happens. */
  onObservation?: ObservationSink;
  /** Largest mail in bytes, announced by EHLO SIZE and APPENDLIMIT; refused beyond with 552 5.3.4. Default 25 MiB. */
  sizeLimit?: number;
  imap?: MockImapOptions;
  /**
   * Serves a Pro Santé Connect on loopback, whose tokens open every mailbox of a professional or an organisation. Default false; `medimail mock` serves it.
   */
  psc?: boolean | Omit<MockPscOptions, "issuer" | "now">;
  /** Serves an Annuaire Santé (FHIR v2) of its mailboxes and of invented people on loopback. Default true. */
  directory?: boolean | Omit<MockDirectoryOptions, "url" | "now">;
  /** The operator files what it accepts into the sender's Sent folder. Default false: few do. */
  filesSent?: boolean;
  autoReceipts?: AutoReceipts;
  /** The time from which `mock.clock` starts, and with which it runs. Default: the real time. Certificates are always of the real time. */
  now?: () => Date;
  /** Observations kept in memory; older ones are forgotten (`onObservation` has seen them). Default 50 000. */
  keepObservations?: number;
  /** Accepted mails kept in memory for `waitForMail` and the receipts. Default 10 000. */
  keepMails?: number;
  limits?: Partial<MockLimits>;
  /**
   * What becomes of a request to the mock's HTTP server for what it has not: `fail`, the default, makes `close()` reject with `mock_http_unhandled`, so that a
   * test cannot pass by a request that nobody answered; `ignore`: 404 and no more.
   */
  unhandledHttp?: "fail" | "ignore";
  /** Serves the control API by HTTP, on loopback unless `host` says otherwise. Default false; `medimail mock` serves it. */
  control?: boolean | MockControlOptions;
}

/** What can be changed while the mock runs; what is left out stays. */
export interface MockSettings {
  /** Bytes, as in {@link MockMedimailOptions}. */
  sizeLimit?: number;
  autoReceipts?: AutoReceipts;
  /** `down`: lists and responders of the authorities answer 503. */
  revocation?: "up" | "down";
}

/** What a client may do before the mock sends it away. */
export interface MockLimits {
  /** Bytes of one SMTP command line; beyond: 500 5.5.6 and the end of the session. */
  smtpLine: number;
  /** Bytes of one IMAP line, literals apart; beyond: BYE. */
  imapLine: number;
  /** Bytes of a literal before authentication; beyond: BYE. After it, `sizeLimit` holds. */
  imapLiteralBeforeLogin: number;
  /** Commands of one session; beyond: 421 or BYE. */
  commands: number;
  /** Commands in a row that were refused as wrong; beyond: 421 or BYE. */
  badCommands: number;
  /** Recipients of one mail; beyond: 452 4.5.3. */
  recipients: number;
  /** Silence of a client; beyond: 421 or BYE. */
  idleMs: number;
  /** Sessions at once on each of the two ports; beyond: 421 or BYE at greeting. */
  sessions: number;
}

export const defaultLimits: Readonly<MockLimits> = {
  smtpLine: 4096,
  imapLine: 65_536,
  imapLiteralBeforeLogin: 16_384,
  commands: 100_000,
  badCommands: 20,
  recipients: 100,
  idleMs: 30 * 60_000,
  sessions: 1000,
};

export const DEFAULT_SIZE_LIMIT = 25 * 1024 * 1024;

/** Invented mailboxes, one of each kind that a test needs. */
export const defaultMailboxes: readonly MockMailboxOptions[] = [
  { address: "labo@ch-exemple.mssante.fr", type: "APP", label: "Laboratoire de biologie - CH EXEMPLE" },
  {
    address: "secretariat.cardiologie@ch-exemple.mssante.fr",
    type: "ORG",
    label: "Secretariat de cardiologie - CH EXEMPLE",
  },
  { address: "martin.dupont@medecin.mssante.fr", type: "PER", label: "Dr_Martin_DUPONT" },
  { address: "claire.morel@medecin.mssante.fr", type: "PER", label: "Dr_Claire_MOREL" },
  { address: "cabinet.lilas@medecin.mssante.fr", type: "CAB", label: "Cabinet des Lilas" },
];
