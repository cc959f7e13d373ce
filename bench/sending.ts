// (a) Durable submit-to-accepted against nodemailer's pool: one run, rounds interleaved, medians and ratios.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { testAuthority } from "../test/tools/certificates.js";
import { type ContenderStart, Peer, type Round, type RowTls } from "./protocol.js";
import { fixed, median, printTable, printTitle } from "./tools.js";

/** Operators are a few milliseconds away, or some tens; ms there and back. */
const DISTANCES = [2, 5, 20];
const CONNECTIONS = 5;
const MAILS = 1_500;
const ROUNDS = 5;
const WARM_UP = 4_500;
/** Where most of the time is the line's. */
const FAR_WARM_UP = 2_000;
const FAR_MAILS = 500;
/** A row stops after the round that passes it, so that a slow machine is slow within bounds. */
const ROW_BUDGET_MS = 75_000;
/** A fresh schema of a PostgreSQL database: `postgres://…?schema=bench`. */
const POSTGRES = process.env["MEDIMAIL_BENCH_POSTGRES"];
const SMTP_SOURCE = ["/usr/sbin/smtp-source", "/usr/lib/postfix/sbin/smtp-source", "/usr/local/sbin/smtp-source"].find(
  existsSync,
);

interface Runner {
  name: string;
  /** Runs one round of so many mails. */
  round(mails: number): Promise<Round>;
  rates: number[];
  cpu: number[];
  stop(): Promise<void>;
}

function process_(name: string, start: ContenderStart): Runner & { ready: Promise<unknown> } {
  const peer = new Peer("contender");
  const ready = peer.ask(start);
  return { name, ready, round: (mails) => peer.ask<Round>({ mails }), rates: [], cpu: [], stop: () => peer.stop() };
}

function smtpSource(path: string, port: number, bytes: number): Runner {
  return {
    name: "smtp-source -d (Postfix)",
    async round(mails) {
      const since = performance.now();
      await promisify(execFile)(path, [
        "-d",
        "-s",
        String(CONNECTIONS),
        "-m",
        String(mails),
        "-l",
        String(bytes),
        "-f",
        "a@b.test",
        "-t",
        "c@d.test",
        `127.0.0.1:${port}`,
      ]);
      return { mails, ms: performance.now() - since, cpuMs: Number.NaN, bytes: 0 };
    },
    rates: [],
    cpu: [],
    stop: async () => {},
  };
}

async function row(title: string, folder: string, tls: RowTls | undefined): Promise<void> {
  printTitle(title);
  const sink = new Peer("sink");
  const { port } = await sink.ask<{ port: number }>(tls ? { tls: { ...tls.server, ca: tls.ca } } : {});
  const common = { port, connections: CONNECTIONS, folder, ...(tls ? { tls } : {}) };
  const runners: Runner[] = [];
  for (const [name, start] of [
    ["nodemailer pool, ready made, not durable", { kind: "nodemailer", ...common }],
    ["ours, defaults", { kind: "ours", ...common }],
    ["ours, preparationThreads 0", { kind: "ours", ...common, threads: 0 }],
    ["ours, maxInDoubt 5", { kind: "ours", ...common, maxInDoubt: CONNECTIONS }],
    ["bare pipelining socket (the sink's limit)", { kind: "bare", ...common }],
    ...(tls && POSTGRES ? ([["ours, in PostgreSQL", { kind: "ours", ...common, postgres: POSTGRES }]] as const) : []),
  ] as const) {
    const runner = process_(name, start);
    await runner.ready;
    runners.push(runner);
  }
  if (!tls && SMTP_SOURCE) runners.push(smtpSource(SMTP_SOURCE, port, 20_480));

  let expected = 0;
  // Warm-up: a software sends for days. Ours is still being compiled, in two threads, after the first thousands.
  for (const runner of runners) expected += (await runner.round(WARM_UP)).mails;
  const since = performance.now();
  let bytes = 0;
  let rounds = 0;
  for (; rounds < ROUNDS && performance.now() - since < ROW_BUDGET_MS; rounds += 1) {
    // Each round in another order, so that none always follows the same.
    for (const index of runners.keys()) {
      const runner = runners[(index + rounds) % runners.length] as Runner;
      const result = await runner.round(MAILS);
      expected += result.mails;
      runner.rates.push((result.mails * 1_000) / result.ms);
      runner.cpu.push(result.cpuMs / result.mails);
      bytes = result.bytes > 0 ? result.bytes / result.mails : bytes;
    }
  }
  const counted = await sink.ask<{ mails: number }>("count");
  await Promise.all(runners.map((runner) => runner.stop()));
  await sink.stop();
  if (counted.mails !== expected) throw new Error(`the sink took ${counted.mails} mails where ${expected} were sent`);

  const base = median(runners[0]?.rates ?? []);
  printTable(
    ["", "mails/s (median)", "least", "most", "CPU ms/mail", "of nodemailer"],
    runners.map(({ name, rates, cpu }) => [
      name,
      fixed(median(rates)),
      fixed(Math.min(...rates)),
      fixed(Math.max(...rates)),
      Number.isNaN(median(cpu)) ? "-" : fixed(median(cpu), 2),
      fixed(median(rates) / base, 2),
    ]),
  );
  console.log(
    `\n${rounds} rounds of ${MAILS} mails of ${fixed(bytes)} bytes, ${CONNECTIONS} connections; the sink counted every one of the ${counted.mails} mails.`,
  );
  if (!tls && !SMTP_SOURCE) console.log("smtp-source: skipped, not installed here (Debian package postfix).");
}

/** The same against a sink that is further away than the loopback. */
async function distance(roundTripMs: number, folder: string, tls: RowTls): Promise<string[]> {
  const sink = new Peer("sink");
  const { port } = await sink.ask<{ port: number }>({ tls: { ...tls.server, ca: tls.ca }, roundTripMs });
  const common = { port, connections: CONNECTIONS, folder, tls };
  const runners = [
    process_("nodemailer", { kind: "nodemailer", ...common }),
    process_("ours", { kind: "ours", ...common }),
    process_("ours, maxInDoubt 5", { kind: "ours", ...common, maxInDoubt: CONNECTIONS }),
  ];
  for (const runner of runners) {
    await runner.ready;
    await runner.round(FAR_WARM_UP);
  }
  for (let rounds = 0; rounds < 3; rounds += 1)
    for (const index of runners.keys()) {
      const runner = runners[(index + rounds) % runners.length] as Runner;
      const { mails, ms } = await runner.round(FAR_MAILS);
      runner.rates.push((mails * 1_000) / ms);
    }
  await Promise.all(runners.map((runner) => runner.stop()));
  await sink.stop();
  const [base = 0, ...ours] = runners.map(({ rates }) => median(rates));
  return [String(roundTripMs), fixed(base), ...ours.map((rate) => `${fixed(rate)} (${fixed(rate / base, 2)})`)];
}

const folder = mkdtempSync(join(tmpdir(), "medimail-bench-"));
try {
  const authority = testAuthority();
  const tls: RowTls = {
    ca: authority.cert,
    server: authority.issue({ dns: ["localhost"], ip: ["127.0.0.1"] }),
    client: authority.issue({ cn: "bench", usage: "client" }),
  };
  await row("(a) submit to accepted, STARTTLS with a client certificate", folder, tls);
  await row("(a) submit to accepted, without TLS", folder, undefined);
  printTitle("(a) submit to accepted, STARTTLS, by the distance of the server");
  const rows: string[][] = [];
  for (const ms of DISTANCES) rows.push(await distance(ms, folder, tls));
  printTable(
    ["ms there and back", "nodemailer, mails/s", "ours, defaults (of it)", "ours, maxInDoubt 5 (of it)"],
    rows,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
