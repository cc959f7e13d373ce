// (d) The embedded mailbox against Dovecot, directly and over a line of 30 ms each way: first page, full list, re-opening, events, a large attachment.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CutProxy } from "../test/tools/cut-proxy.js";
import type { MailboxJob, MailboxTime } from "./mailbox-job.js";
import { mailOf, startServer } from "./mailbox-server.js";
import { Peer } from "./protocol.js";
import { fixed, median, megabytes, printTable, printTitle } from "./tools.js";

const MAILS = 10_000;
/** `--lists`: neither attachments nor events, which take most of the time over the slow line. */
const LISTS_ONLY = process.argv.includes("--lists");
const ROUNDS = Number(process.argv.find((word) => word.startsWith("--rounds="))?.slice(9) ?? 5);
const EVENTS = 20;
const DELAY_MS = 30;
const LARGE = 25 * 1024 * 1024;
const USER = "dr.essai@medecin.test.mssante.fr";
const LARGE_USER = "dr.grand@medecin.test.mssante.fr";

const shared = join(import.meta.dirname, "../../../shared");
if (!existsSync(join(shared, "mail-servers/start")) || process.getuid?.() !== 0) {
  console.log("(d) needs ../shared/mail-servers, Dovecot and root: skipped");
  process.exit(0);
}

type Who = "ours" | "ours, from the cache" | "imapflow" | "imaplib, unparsed";
type What = MailboxJob["what"];

using server = startServer(shared);
const small = randomBytes(900);
server.fill(
  USER,
  Array.from({ length: MAILS }, (_, index) => mailOf(index, small)),
);
server.fill(LARGE_USER, [largeMail()]);
await using slow = await new CutProxy(server.port, { delayMs: DELAY_MS }).start();
const lines = [
  { name: "direct", port: server.port },
  { name: `${DELAY_MS} ms each way`, port: slow.port },
];
const script = join(import.meta.dirname, "../../bench/imaplib_peer.py");

function largeMail(): Buffer {
  const encoded = randomBytes(LARGE).toString("base64").replace(/.{76}/g, "$&\r\n");
  return Buffer.from(
    `From: <labo@ch-test.mssante.fr>\r\nSubject: grand\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nBonjour\r\n--b\r\nContent-Type: application/pdf; name="grand.pdf"\r\nContent-Disposition: attachment; filename="grand.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n--b--\r\n`,
  );
}

function jobOf(who: Who, what: What, port: number): MailboxJob {
  const user = what === "attachment" ? LARGE_USER : USER;
  const cache = who === "ours, from the cache" ? { cache: { path: join(server.folder, "cache.db") } } : {};
  return {
    who: who === "imapflow" ? "imapflow" : "ours",
    what,
    config: server.config(user, port, cache),
    login: { port, ca: server.ca, user, pass: server.pass },
    out: join(server.folder, "attachment"),
    events: EVENTS,
  };
}

async function run(who: Who, what: What, port: number): Promise<MailboxTime> {
  const job = jobOf(who, what, port);
  if (who === "imaplib, unparsed") {
    const { user, pass, ca } = job.login;
    const { stdout } = await promisify(execFile)("python3", [
      script,
      what,
      String(port),
      ca,
      user,
      pass,
      job.out ?? "",
    ]);
    return JSON.parse(stdout) as MailboxTime;
  }
  const peer = new Peer("mailbox-job");
  try {
    if (what !== "events") return await peer.ask<MailboxTime>(job);
    await peer.ask<{ listening: true }>(job);
    return await deliverTo(peer);
  } finally {
    await peer.stop();
  }
}

/** Delivers one by one; the time of each is from the server's answer to the event. */
async function deliverTo(peer: Peer): Promise<MailboxTime> {
  const client = await server.client(USER);
  const delivered: number[] = [];
  const answer = peer.next<MailboxTime>();
  for (let made = 0; made < EVENTS; made += 1) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await client.append("INBOX", mailOf(MAILS + made, small));
    delivered.push(performance.timeOrigin + performance.now());
  }
  const { at = [], ...time } = await answer;
  await client.logout();
  return { ...time, ms: median(at.map((when, index) => when - (delivered[index] ?? 0))) };
}

/** 10 changes since the cache was last up to date: 4 flags, 3 deletions, 3 new mails. */
async function tenChanges(): Promise<void> {
  const client = await server.client(USER);
  await client.mailboxOpen("INBOX");
  const exists = client.mailbox ? client.mailbox.exists : 0;
  for (const seq of [10, 3_000, 6_000, exists - 5]) await client.messageFlagsAdd(String(seq), ["\\Flagged"]);
  for (const seq of [8_000, 5_000, 20]) await client.messageDelete(String(seq));
  for (let made = 0; made < 3; made += 1) await client.append("INBOX", mailOf(MAILS + 100 + made, small), ["\\Seen"]);
  await client.logout();
}

printTitle(`(d) the embedded mailbox: ${MAILS} mails on Dovecot, sessions open before the clock starts`);
// Dovecot's own indexes, and the files, are warm for everyone.
for (const who of ["imapflow", "ours"] as const) await run(who, "full list", server.port);

for (const { name, port } of lines) {
  const times = new Map<string, { who: Who; what: What; ms: number[]; firstMs: number[]; peak: number[] }>();
  const note = (who: Who, what: What, { ms, firstMs, peakBytes }: MailboxTime) => {
    const key = `${what}|${who}`;
    const row = times.get(key) ?? { who, what, ms: [], firstMs: [], peak: [] };
    times.set(key, row);
    row.ms.push(ms);
    row.firstMs.push(firstMs ?? ms);
    row.peak.push(peakBytes);
  };
  await run("ours, from the cache", "full list", server.port);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const what of ["first page", "full list"] as const)
      for (const who of ["imaplib, unparsed", "imapflow", "ours"] as const) note(who, what, await run(who, what, port));
    for (const what of ["first page", "full list"] as const) {
      await tenChanges();
      note("ours, from the cache", what, await run("ours, from the cache", what, port));
    }
    for (const who of LISTS_ONLY ? [] : (["imaplib, unparsed", "imapflow", "ours"] as const))
      note(who, "attachment", await run(who, "attachment", port));
  }
  for (const who of LISTS_ONLY ? [] : (["imapflow", "ours"] as const))
    note(who, "events", await run(who, "events", port));
  console.log(`\n${name}`);
  const listing = median(times.get("full list|ours")?.ms ?? []);
  printTable(
    ["", "ms (median)", "least", "of imapflow", "first mails, ms", "peak RSS, MB", "full list / this"],
    [...times.values()].map(({ who, what, ms, firstMs, peak }) => {
      const base = times.get(`${what}|imapflow`);
      return [
        `${what}, ${who}`,
        fixed(median(ms), 1),
        fixed(Math.min(...ms), 1),
        base ? fixed(median(ms) / median(base.ms), 2) : "-",
        fixed(median(firstMs), 1),
        megabytes(median(peak)),
        what === "attachment" || what === "events" ? "-" : fixed(listing / median(ms), 1),
      ];
    }),
  );
}
console.log(
  LISTS_ONLY
    ? `\n${ROUNDS} rounds.`
    : `\n${ROUNDS} rounds; ${EVENTS} events, from the server's answer to APPEND to the event with the mail's summary; the attachment has ${megabytes(statSync(join(server.folder, "attachment")).size)} MB.`,
);
