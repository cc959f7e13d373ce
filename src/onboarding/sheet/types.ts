import type { Bilingual } from "../text.js";
import type { CertificateFacts } from "./certificate.js";

export const CONTACT_ROLES = ["referent", "administrator", "technical", "publisher", "emergency"] as const;

export type ContactRole = (typeof CONTACT_ROLES)[number];

/** What the sheet is made of. The configuration gives most of it; what it cannot know is declared, or left blank to complete. */
export interface SheetInput {
  /** Day of the sheet, `YYYY-MM-DD`. */
  date: string;
  mailbox: { address: string; type: string };
  software: { name: string; version: string; nil: string; publisher?: string; contact?: string; oid?: string };
  sender: { label: string; structure?: { idNat: string; name: string } };
  operator: { smtp?: { host: string; port: number }; imap?: { host: string; port: number } };
  authentication: {
    method: "certificate" | "token" | "pro-sante-connect" | "password";
    /** The step after the TLS handshake, by protocol. */
    sasl?: { smtp: string; imap: string };
  };
  certificate?: CertificateFacts;
  /** Which ways of use: documents sent on validation, mailbox in the software. */
  modes?: readonly ("sending" | "mailbox")[];
  trust: { revocation: string; whiteList: boolean };
  /** `host:port` of the proxy, never its credentials. */
  proxy?: string;
  /** Addresses from which Mipih sees the connections: those of the way out, not of the machine. */
  sourceAddresses?: readonly string[];
  /** Sessions at once. */
  connections?: { smtp: number; imap?: number };
  volumes?: SheetVolumes;
  contacts?: Readonly<Partial<Record<ContactRole, string>>>;
}

export interface SheetVolumes {
  /** `declared` by a person, `measured` in the outbox. */
  source: "declared" | "measured";
  mailsPerDay?: number;
  mailsOnBusiestDay?: number;
  largestMailBytes?: number;
  /** Of what was measured. */
  since?: string;
  until?: string;
}

/** Where a value is from. */
export type SheetSource = "configuration" | "certificate" | "declared" | "measured" | "connector" | "missing";

export interface SheetRow {
  id: string;
  label: Bilingual;
  /** Absent: to be completed. */
  value?: string | Bilingual;
  source: SheetSource;
}

export interface SheetSection {
  id: "structure" | "software" | "mailbox" | "certificate" | "network" | "volumes" | "contacts";
  title: Bilingual;
  rows: readonly SheetRow[];
}

export interface SheetFinding {
  severity: "error" | "warning";
  /** Stable, snake_case. */
  code: string;
  message: Bilingual;
}

/** The connector's sheet for Mipih (`fiche technique`). */
export interface TechnicalSheet {
  date: string;
  sections: readonly SheetSection[];
  /** What is wrong, or should be looked at before the sheet is sent. */
  findings: readonly SheetFinding[];
  /** Ids of the rows to complete. */
  missing: readonly string[];
}
