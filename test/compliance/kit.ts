import { createHash } from "node:crypto";
import { readCda } from "../../src/cda/index.js";
import type { Check, Judgement, JudgeOptions, RequirementResult, Scenario } from "../../src/compliance/index.js";
import { judge } from "../../src/compliance/index.js";
import type { ComposeInput } from "../../src/message/index.js";
import { composeMails } from "../../src/message/index.js";
import type { Observation } from "../../src/seams/observations.js";
import { packXdm } from "../../src/xdm/index.js";
import { cdaOf, fictionalIns, pdfOf } from "../tools/documents.js";

export const LABO = "labo@ch-exemple.mssante.fr";
export const DOCTOR = "martin.dupont@medecin.mssante.fr";
export const INS = fictionalIns();
export const PATIENT = `${INS}@patient.mssante.fr`;
const AT = "2026-01-05T10:00:00.000Z";

type Omitted<T> = T extends unknown ? Omit<T, "v" | "at"> & { at?: string } : never;
/** An observation, stamped by the kit unless the test says when. */
export type Seen = Omitted<Observation>;

export interface MailOptions {
  cdas?: Uint8Array[];
  pdfs?: (Uint8Array | undefined)[];
  to?: string;
  action?: "create" | "replace" | "delete";
  compose?: Partial<ComposeInput>;
  messageId?: string;
  /** Changes the archive before it is joined. */
  archive?: (zip: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

let serial = 0;
const nextId = (protocol: string): string => {
  serial += 1;
  return `${protocol}-${serial}`;
};

/** A right mail of documents, as our own connector makes it; tests break one thing of it. Latin-1 text, so that bytes can be replaced. */
export async function documentMail(options: MailOptions = {}): Promise<string> {
  const { cdas = [cdaOf(7, pdfOf(1_000, 7))], pdfs = [], to = DOCTOR, action = "create" } = options;
  const packed = await packXdm({
    documents: cdas.map((content) => ({ content })),
    action,
    software: { name: "LabSoft", version: "4.2" },
    now: Date.parse(AT),
  });
  const archive = options.archive ? await options.archive(packed.zip) : packed.zip;
  serial += 1;
  const composed = composeMails({
    from: { address: LABO, label: "Laboratoire de biologie - CH EXEMPLE" },
    recipients: [[{ address: to, kind: to.endsWith("@patient.mssante.fr") ? "patient" : "professional" }]],
    documents: cdas.map((cda, index) => ({ cda: readCda(cda), ...(pdfs[index] ? { pdf: pdfs[index] } : {}) })),
    archive,
    action,
    nil: "LABSOFT001",
    software: { name: "LabSoft", version: "4.2" },
    messageIds: [options.messageId ?? `m${serial}@ch-exemple.mssante.fr`],
    date: new Date(AT),
    ...options.compose,
  });
  return Buffer.concat([composed.mails[0]?.head ?? Buffer.of(), composed.bodies[0] ?? Buffer.of()]).toString("latin1");
}

/** A right mail that a person wrote. */
export function freeMail(changes: Record<string, string | null> = {}, body = "Bonjour,\r\n"): string {
  serial += 1;
  const fields: Record<string, string | null> = {
    Date: "Mon, 05 Jan 2026 10:00:00 +0000",
    From: "Laboratoire de biologie - CH EXEMPLE <labo@ch-exemple.mssante.fr>",
    To: `<${DOCTOR}>`,
    Subject: "Bonjour",
    "Message-ID": `<free${serial}@ch-exemple.mssante.fr>`,
    "X-MSS-NIL": "LABSOFT001",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    ...changes,
  };
  const head = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  return `${head}\r\n${body}`;
}

export interface SmtpOptions {
  id?: string;
  to?: readonly string[];
  from?: string;
  /** Lines `C: …`, `S: …` in place of the usual ones; `clear` comes before STARTTLS. */
  clear?: readonly string[];
  afterTls?: readonly string[];
  announced?: readonly string[];
  mailParameters?: string;
  rcptParameters?: string;
  tls?: Partial<Extract<Observation, { kind: "tls" }>>;
  auth?: Partial<Extract<Observation, { kind: "auth" }>> | null;
  final?: string;
  faults?: readonly string[];
}

const EHLO = ["SIZE 26214400", "8BITMIME", "DSN", "ENHANCEDSTATUSCODES"];

/** What a right client's session looks like, its mails handed over one after the other. */
export function smtp(mails: readonly string[], options: SmtpOptions = {}): Seen[] {
  const connection = options.id ?? nextId("smtp");
  const { to = [DOCTOR], from = LABO, announced = EHLO } = options;
  const seen: Seen[] = [{ connection, kind: "tcp", protocol: "smtp", what: "open", port: 587 }];
  const say = (text: string, tls: boolean) =>
    seen.push({
      connection,
      kind: "line",
      protocol: "smtp",
      from: text.startsWith("C: ") ? "client" : "server",
      line: text.slice(3),
      tls,
    });
  for (const line of options.clear ?? [
    "S: 220 ready",
    "C: EHLO x",
    "S: 250-hello",
    "S: 250 STARTTLS",
    "C: STARTTLS",
    "S: 220 go",
  ])
    say(line, false);
  for (const name of options.faults ?? []) seen.push({ connection, kind: "fault", name });
  seen.push({
    connection,
    kind: "tls",
    protocol: "smtp",
    what: "established",
    version: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    clientCertificate: { subject: "CN=labo", issuer: "CN=TEST AC", fingerprint256: "00", authorized: true },
    ...options.tls,
  });
  for (const line of options.afterTls ?? [
    "C: EHLO x",
    "S: 250-hello",
    ...announced.map((word, at) => `S: 250${at === announced.length - 1 ? " " : "-"}${word}`),
  ])
    say(line, true);
  if (options.auth !== null && options.auth !== undefined)
    seen.push({
      connection,
      kind: "auth",
      protocol: "smtp",
      mechanism: "XOAUTH2",
      user: from,
      ok: true,
      tls: true,
      ...options.auth,
    });
  for (const text of mails) {
    const raw = Buffer.from(text, "latin1");
    const size = announced.some((word) => word.startsWith("SIZE")) ? ` SIZE=${raw.length}` : "";
    say(`C: MAIL FROM:<${from}>${options.mailParameters ?? size}`, true);
    say("S: 250 ok", true);
    for (const address of to) {
      say(`C: RCPT TO:<${address}>${options.rcptParameters ?? ""}`, true);
      say("S: 250 ok", true);
    }
    say("C: DATA", true);
    say("S: 354 go", true);
    say(`C: [${raw.length} bytes]`, true);
    seen.push({
      connection,
      kind: "mail",
      from,
      to: [...to],
      size: raw.length,
      parameters: {},
      sha256: sha256(raw),
      file: text,
    });
    say(`S: ${options.final ?? "250 queued"}`, true);
  }
  say("C: QUIT", true);
  say("S: 221 bye", true);
  seen.push({ connection, kind: "tcp", protocol: "smtp", what: "close", port: 587 });
  return seen;
}

/** Lines of an IMAP session, `C: …` and `S: …`; `TLS` is the handshake. */
export function imap(
  lines: readonly string[],
  options: { id?: string; user?: string; tls?: SmtpOptions["tls"] } = {},
): Seen[] {
  const connection = options.id ?? nextId("imap");
  let tls = false;
  const seen: Seen[] = [{ connection, kind: "tcp", protocol: "imap", what: "open", port: 143 }];
  for (const line of lines) {
    if (line === "TLS") {
      tls = true;
      seen.push({ connection, kind: "tls", protocol: "imap", what: "established", version: "TLSv1.3", ...options.tls });
    } else if (line.startsWith("AUTH ")) {
      const [, mechanism = "", ok = "ok"] = line.split(" ");
      const user = options.user ?? DOCTOR;
      seen.push({ connection, kind: "auth", protocol: "imap", mechanism, user, ok: ok === "ok", tls });
    } else {
      const from = line.startsWith("C: ") ? "client" : "server";
      seen.push({ connection, kind: "line", protocol: "imap", from, line: line.slice(3), tls });
    }
  }
  seen.push({ connection, kind: "tcp", protocol: "imap", what: "close", port: 143 });
  return seen;
}

/** A mail that the server put into a mailbox. */
export function delivered(text: string, options: { mailbox?: string; from?: string; what?: string } = {}): Seen {
  const raw = Buffer.from(text, "latin1");
  const { mailbox = LABO, from = DOCTOR, what } = options;
  return {
    connection: "mock",
    kind: "delivered",
    mailbox,
    from,
    size: raw.length,
    sha256: sha256(raw),
    file: text,
    ...(what === undefined ? {} : { what }),
  };
}

const sha256 = (raw: Uint8Array) => createHash("sha256").update(raw).digest("hex");

/** Judges; the `file` of a mail is its text, so that no store is needed. */
export function judged(seen: readonly Seen[], options: Partial<JudgeOptions> = {}): Promise<Judgement> {
  const observations = seen.map((one, index) => ({
    v: 1,
    at: new Date(Date.parse(AT) + index * 10).toISOString(),
    ...one,
  })) as Observation[];
  return judge(observations, { mail: (file) => Buffer.from(file, "latin1"), mask: false, ...options });
}

export async function resultOf(
  code: string,
  seen: readonly Seen[],
  options: Partial<JudgeOptions> = {},
): Promise<RequirementResult> {
  const found = (await judged(seen, options)).results.find((result) => result.code === code);
  if (!found) throw new Error(`no row ${code}`);
  return found;
}

/** What one check says, whatever becomes of its row. */
export async function outcomeOf(
  check: string,
  seen: readonly Seen[],
  options: Partial<JudgeOptions> = {},
): Promise<string> {
  const { results } = await judged(seen, options);
  const outcome = results.flatMap(({ checks }) => checks).find((one) => one.check === check);
  if (!outcome) throw new Error(`no check ${check}`);
  return outcome.outcome;
}

/** A scenario of some rows, its observations between its beginning and its end. */
export function during(scenario: Scenario, seen: readonly Seen[], reason = "done"): Seen[] {
  const mark = { connection: "mock", kind: "scenario", id: scenario.id } as const;
  return [{ ...mark, what: "begin" }, ...seen, { ...mark, what: "end", reason }];
}

export function scenario(requirements: readonly string[], steps: readonly Record<string, unknown>[]): Scenario {
  return {
    id: "essai",
    title: "Essai",
    titleEn: "Trial",
    profiles: ["all"],
    requirements,
    steps: steps.map((step) => ({
      text: "Envoyez",
      textEn: "Send",
      documents: [],
      ...step,
    })) as unknown as Scenario["steps"],
    seconds: 60,
  };
}

/** The rows that fail: a breach must stay within its own. */
export async function failing(seen: readonly Seen[], options: Partial<JudgeOptions> = {}): Promise<string[]> {
  const { results } = await judged(seen, options);
  return results.filter(({ verdict }) => verdict === "fail").map(({ code }) => code);
}

export type { Check };
