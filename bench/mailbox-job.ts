// One measured process of (d). IPC: a MailboxJob, done once, answered by a MailboxTime. The session is open before the clock starts.
import { createWriteStream, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ImapFlow } from "imapflow";
import { createConnector } from "../src/index.js";

export interface MailboxJob {
  who: "ours" | "imapflow";
  what: "first page" | "full list" | "attachment" | "events";
  config: Record<string, unknown>;
  /** For imapflow. */
  login: { port: number; ca: string; user: string; pass: string };
  /** Where the attachment goes. */
  out?: string;
  /** How many events are awaited. */
  events?: number;
}

export interface MailboxTime {
  ms: number;
  /** To the first mails of the list. */
  firstMs?: number;
  mails?: number;
  peakBytes: number;
  /** When each event was there, ms since 1970. */
  at?: number[];
}

const PAGE = 50;
const now = (): number => performance.timeOrigin + performance.now();

async function ours({ what, config, out, events = 0 }: MailboxJob): Promise<Omit<MailboxTime, "peakBytes">> {
  await using connector = createConnector(config, { delivery: "manual" });
  const { mailbox } = connector;
  if (what === "events") {
    const at: number[] = [];
    const since = now();
    for await (const event of mailbox.watch("inbox", {
      onStatus: ({ state }) => state === "watching" && process.send?.({ listening: true }),
    })) {
      if (event.type !== "new") continue;
      at.push(now());
      if (at.length === events) break;
    }
    return { ms: now() - since, at };
  }
  await mailbox.list({ folder: "Drafts" }).toArray({ limit: 1 });
  const since = now();
  if (what === "attachment") {
    const [mail] = await mailbox.list().toArray({ limit: 1 });
    const { content } = await mailbox.attachment(mail ?? { uid: 0 }, mail?.attachments[0]?.part ?? "");
    await pipeline(Readable.from(content), createWriteStream(out ?? ""));
    return { ms: now() - since };
  }
  let mails = 0;
  let firstMs = 0;
  // A program that wants all of them asks for more at a time.
  for await (const page of mailbox.list({ pageSize: what === "first page" ? PAGE : 500 }).pages()) {
    mails += page.length;
    firstMs ||= now() - since;
    if (what === "first page") break;
  }
  return { ms: now() - since, firstMs, mails };
}

async function imapflow({ what, login, out, events = 0 }: MailboxJob): Promise<Omit<MailboxTime, "peakBytes">> {
  const { port, ca, user, pass } = login;
  const client = new ImapFlow({
    host: "localhost",
    port,
    secure: false,
    doSTARTTLS: true,
    logger: false,
    tls: { ca: readFileSync(ca) },
    auth: { user, pass, loginMethod: "AUTH=PLAIN" },
    disableAutoIdle: true,
  });
  await client.connect();
  await client.mailboxOpen("Drafts", { readOnly: true });
  const query = {
    uid: true,
    flags: true,
    size: true,
    internalDate: true,
    envelope: true,
    bodyStructure: true,
    headers: ["references", "auto-submitted"],
  };
  const since = now();
  try {
    const { exists, uidNext } = await client.mailboxOpen("INBOX", { readOnly: true });
    if (what === "events") {
      const at: number[] = [];
      let next = uidNext;
      let told: () => void = () => {};
      client.on("exists", () => told());
      while (at.length < events) {
        const idle = client.idle();
        if (at.length === 0) process.send?.({ listening: true });
        await new Promise<void>((resolve) => {
          told = resolve;
        });
        const found = await client.fetchAll(`${next}:*`, query, { uid: true });
        for (const { uid } of found) {
          if (uid < next) continue;
          next = uid + 1;
          at.push(now());
        }
        await idle;
      }
      return { ms: now() - since, at };
    }
    if (what === "attachment") {
      const { content } = await client.download("1", "2");
      if (!content) throw new Error("there is no attachment");
      await pipeline(content, createWriteStream(out ?? ""));
      return { ms: now() - since };
    }
    const range = what === "first page" ? `${exists - PAGE + 1}:*` : "1:*";
    let mails = 0;
    let firstMs = 0;
    for await (const _ of client.fetch(range, query)) {
      mails += 1;
      firstMs ||= now() - since;
    }
    return { ms: now() - since, firstMs, mails };
  } finally {
    await client.logout();
  }
}

/** The kernel's high-water mark of this program alone; see memory-job. */
function peakBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1]) * 1024;
}

process.on("message", (job: MailboxJob) => {
  (job.who === "ours" ? ours(job) : imapflow(job)).then(
    (time) => process.send?.({ ...time, peakBytes: peakBytes() } satisfies MailboxTime),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
