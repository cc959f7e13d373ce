import type { Bilingual } from "../text.js";
import { say } from "../text.js";
import { findingsOf } from "./findings.js";
import type { ContactRole, SheetInput, SheetRow, SheetSection, SheetSource, TechnicalSheet } from "./types.js";

/** What stands for a row that has no value is a blank; `none` says that there is none. */
const row = (id: string, label: Bilingual, value: string | Bilingual | undefined, source: SheetSource): SheetRow =>
  value === undefined || value === "" ? { id, label, source: "missing" } : { id, label, value, source };

const none = say("aucun", "none");

/** The sheet for Mipih, of what the configuration, the certificate and the caller say (`rac-open`). */
export function technicalSheet(input: SheetInput): TechnicalSheet {
  const sections = [
    structure(input),
    software(input),
    mailbox(input),
    ...(input.authentication.method === "certificate" ? [certificate(input)] : []),
    network(input),
    volumes(input),
    contacts(input),
  ];
  return {
    date: input.date,
    sections,
    findings: findingsOf(input),
    missing: sections.flatMap(({ rows }) => rows.filter(({ source }) => source === "missing").map(({ id }) => id)),
  };
}

function structure({ sender, certificate }: SheetInput): SheetSection {
  const { structure: own } = sender;
  const name = own?.name ?? certificate?.organization;
  const idNat = own?.idNat ?? certificate?.holder?.idNat;
  const from: SheetSource = own ? "configuration" : "certificate";
  return {
    id: "structure",
    title: say("Structure", "Structure"),
    rows: [
      row("structure-name", say("Nom", "Name"), name, from),
      row(
        "structure-id",
        say("Identifiant national (1 + FINESS, 3 + SIRET)", "National identifier (1 + FINESS, 3 + SIRET)"),
        idNat,
        from,
      ),
      row(
        "sender-label",
        say("Libellé de l'expéditeur (ECO.2.2.7)", "Sender's label (ECO.2.2.7)"),
        sender.label,
        "configuration",
      ),
    ],
  };
}

const MODES = {
  sending: say("envoi automatique à la validation d'un document", "documents sent on validation"),
  mailbox: say("module de messagerie dans le logiciel", "mailbox module in the software"),
} as const;

function software({ software: { name, version, nil, publisher, oid }, modes }: SheetInput): SheetSection {
  const told = modes?.length
    ? say(modes.map((mode) => MODES[mode].fr).join(" ; "), modes.map((mode) => MODES[mode].en).join("; "))
    : undefined;
  return {
    id: "software",
    title: say("Logiciel", "Software"),
    rows: [
      row("software-name", say("Nom", "Name"), name, "configuration"),
      row("software-version", say("Version", "Version"), version, "configuration"),
      row(
        "software-nil",
        say("NIL, envoyé en X-MSS-NIL (ECO.2.4.3)", "NIL, sent as X-MSS-NIL (ECO.2.4.3)"),
        nil,
        "configuration",
      ),
      row("software-publisher", say("Éditeur", "Publisher"), publisher, "configuration"),
      row(
        "software-oid",
        say("OID du système émetteur", "OID of the sending system"),
        oid ?? say("dérivé des noms", "derived from the names"),
        oid === undefined ? "connector" : "configuration",
      ),
      row("modes", say("Usages", "Uses"), told, "declared"),
    ],
  };
}

const METHODS = {
  certificate: say(
    "certificat de la structure (IGC-Santé, AUTH_CLI), TLS mutuel",
    "the structure's certificate (IGC-Santé, AUTH_CLI), mutual TLS",
  ),
  token: say("jeton Pro Santé Connect (SASL XOAUTH2)", "Pro Santé Connect token (SASL XOAUTH2)"),
  "pro-sante-connect": say("Pro Santé Connect (SASL XOAUTH2)", "Pro Santé Connect (SASL XOAUTH2)"),
  password: say("identifiant et mot de passe", "name and password"),
} as const;

function mailbox({ mailbox: { address, type }, authentication: { method, sasl } }: SheetInput): SheetSection {
  return {
    id: "mailbox",
    title: say("Boîte", "Mailbox"),
    rows: [
      row("mailbox-address", say("Adresse MSSanté", "MSSanté address"), address, "configuration"),
      row("mailbox-type", say("Type", "Type"), type, "configuration"),
      row("authentication", say("Authentification", "Authentication"), METHODS[method], "configuration"),
      ...(sasl
        ? [
            row(
              "sasl",
              say("Mécanisme SASL (SMTP ; IMAP)", "SASL step (SMTP; IMAP)"),
              `${sasl.smtp} ; ${sasl.imap}`,
              "configuration",
            ),
          ]
        : []),
    ],
  };
}

function certificate({ certificate: facts }: SheetInput): SheetSection {
  const holder = facts && (facts.holder ? `${facts.holder.kind} ${facts.holder.number}` : facts.organization);
  const of = (id: string, fr: string, en: string, value: string | undefined) =>
    row(id, say(fr, en), value, "certificate");
  return {
    id: "certificate",
    title: say("Certificat", "Certificate"),
    rows: [
      of("certificate-subject", "Sujet (DN)", "Subject (DN)", facts?.subject),
      of("certificate-serial", "Numéro de série", "Serial number", facts?.serial),
      of("certificate-holder", "Titulaire", "Holder", holder),
      of("certificate-from", "Valide du", "Valid from", facts?.validFrom.slice(0, 10)),
      of("certificate-expiry", "Expire le", "Expires on", facts?.validTo.slice(0, 10)),
      of("certificate-issuer", "Émetteur", "Issuer", facts?.issuer),
      of("certificate-key", "Clé", "Key", facts?.key),
      of("certificate-sha256", "Empreinte SHA-256", "SHA-256 fingerprint", facts?.sha256),
    ],
  };
}

function network({ operator, proxy, sourceAddresses, connections }: SheetInput): SheetSection {
  const flow = (service: "smtp" | "imap", name: string, usual: number): Bilingual => {
    const to = operator[service];
    return to
      ? say(
          `${to.host}, port ${to.port}, STARTTLS obligatoire (${name})`,
          `${to.host}, port ${to.port}, mandatory STARTTLS (${name})`,
        )
      : say(
          `serveur recherché par DNS et autoconfig, port ${usual} en principe, STARTTLS obligatoire (${name})`,
          `host looked up by DNS and autoconfig, port ${usual} as a rule, mandatory STARTTLS (${name})`,
        );
  };
  const sessions =
    connections &&
    (connections.imap === undefined
      ? `SMTP ${connections.smtp}`
      : `SMTP ${connections.smtp} ; IMAP ${connections.imap}`);
  return {
    id: "network",
    title: say("Réseau", "Network"),
    rows: [
      row(
        "source-addresses",
        say("Adresses sources vues par le Mipih", "Source addresses as Mipih sees them"),
        sourceAddresses?.join(", "),
        "declared",
      ),
      row("port-smtp", say("Flux sortant, envoi", "Outgoing, submission"), flow("smtp", "SMTP", 587), "configuration"),
      row(
        "port-imap",
        say("Flux sortant, boîte aux lettres", "Outgoing, mailbox"),
        flow("imap", "IMAP", 143),
        "configuration",
      ),
      row(
        "port-http",
        say("Flux sortants, services nationaux", "Outgoing, national services"),
        say(
          "443 (liste blanche, annuaire, Pro Santé Connect), 80 (listes de révocation et OCSP de l'IGC-Santé), 53 (DNS)",
          "443 (white list, directory, Pro Santé Connect), 80 (IGC-Santé's revocation lists and OCSP), 53 (DNS)",
        ),
        "connector",
      ),
      row("incoming", say("Flux entrants", "Incoming"), none, "connector"),
      row("proxy", say("Proxy", "Proxy"), proxy ?? none, "configuration"),
      row(
        "tls",
        say("TLS", "TLS"),
        say(
          "1.2 ou supérieur ; ECDHE-RSA avec AES-GCM pour TLS 1.2",
          "1.2 or later; ECDHE-RSA with AES-GCM for TLS 1.2",
        ),
        "connector",
      ),
      row(
        "connections",
        say("Nombre maximal de sessions simultanées", "Sessions at once, at most"),
        sessions,
        "connector",
      ),
    ],
  };
}

function volumes({ volumes: given }: SheetInput): SheetSection {
  const source = given?.source ?? "declared";
  const number = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : String(Math.ceil(value));
  const span = given?.since && given.until ? ` (${given.since} – ${given.until})` : "";
  return {
    id: "volumes",
    title: say(`Volumes${span}`, `Volumes${span}`),
    rows: [
      row(
        "mails-per-day",
        say("Courriels par jour, en moyenne", "Mails a day, on average"),
        number(given?.mailsPerDay),
        source,
      ),
      row(
        "mails-busiest-day",
        say("Courriels le jour le plus chargé", "Mails on the busiest day"),
        number(given?.mailsOnBusiestDay),
        source,
      ),
      row(
        "largest-mail",
        say("Plus gros courriel (octets)", "Largest mail (bytes)"),
        number(given?.largestMailBytes),
        source,
      ),
      row(
        "receipts",
        say("Accusés demandés", "Receipts asked for"),
        say(
          "remise (DSN) par défaut ; lecture (MDN) selon l'envoi",
          "delivery (DSN) by default; reading (MDN) by sending",
        ),
        "connector",
      ),
    ],
  };
}

export const CONTACT_LABELS: Readonly<Record<ContactRole, Bilingual>> = {
  referent: say("Référent de l'établissement", "In charge at the establishment"),
  administrator: say("Administrateur Medimail", "Medimail administrator"),
  technical: say("Technique (réseau, serveur)", "Technical (network, server)"),
  publisher: say("Éditeur", "Publisher"),
  emergency: say("Urgences, hors heures ouvrées", "Emergency, out of hours"),
};

function contacts({ contacts: given = {}, software: { contact } }: SheetInput): SheetSection {
  return {
    id: "contacts",
    title: say("Contacts", "Contacts"),
    rows: (Object.keys(CONTACT_LABELS) as ContactRole[]).map((role) => {
      const told = given[role];
      const configured = role === "publisher" && told === undefined;
      return row(
        `contact-${role}`,
        CONTACT_LABELS[role],
        configured ? contact : told,
        configured ? "configuration" : "declared",
      );
    }),
  };
}
