// `.ci/long soak MINUTES`: the packed package in one process that lives for long, sending and watching for many mailboxes against the mock and a real
// Dovecot and Postfix, amid accidents. Each minute a row of what it holds; at the end what became of every mail. Fails on a leak or a loss.
import { execFileSync } from "node:child_process";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfigFile } from "medimail-connector";
import { beginAccidents } from "./accidents.mjs";
import { led } from "./led.mjs";
import { Ledger } from "./ledger.mjs";
import { startOperator } from "./operator.mjs";
import { Line } from "./proxy.mjs";
import { leaks, leftovers, slopes, table } from "./slopes.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [app, base, minutesAsked = "60", shared = join(here, "../../../shared")] = process.argv.slice(2);
const minutes = Number(minutesAsked);
const work = join(app, "run");
const small = join(work, "small");
rmSync(work, { recursive: true, force: true });
mkdirSync(small, { recursive: true });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const log = createWriteStream(join(work, "notes.jsonl"));
const begun = Date.now();
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

process.on("SIGTERM", () => process.exit(1));
const ledger = new Ledger(log, say);
execFileSync("mount", ["-t", "tmpfs", "-o", "size=160m", "none", small]);
// Whatever ends us leaves no mount and no server behind.
process.on("exit", () => execFileSync("umount", [small]));
const names = (count, local, domain) => Array.from({ length: count }, (_, at) => `${local}${at + 1}@${domain}`);
const mockSenders = names(3, "labo", "ch-exemple.mssante.fr");
const mockBoxes = names(5, "cabinet", "medecin.mssante.fr");
const mockQuiet = names(2, "calme", "medecin.mssante.fr");
const realSenders = names(2, "lab", "ch-test.mssante.fr");
const realBoxes = names(5, "med", "medecin.test.mssante.fr");
const realQuiet = names(2, "quiet", "medecin.test.mssante.fr");
const mockUnattended = "integre1@medecin.mssante.fr";
const realUnattended = "integre1@medecin.test.mssante.fr";

const operator = await startOperator(shared, join(work, "operator"), Number(base));
const mock = led(app, "operator-mock.mjs", [mockSenders, [...mockBoxes], [...mockQuiet, mockUnattended]], () => {});
process.on("exit", () => operator.stop());
await mock.ready;
const { configs, smtp, imap } = await mock.ask("ready");
const { settings } = operator;
const lines = {
  mockSmtp: new Line("mock SMTP", smtp.port),
  mockImap: new Line("mock IMAP", imap.port),
  smtp: new Line("SMTP", settings.smtp.port),
  smtpCertificate: new Line("SMTP 2", settings.smtpCertificate.port),
  imap: new Line("IMAP", settings.imap.port),
  imapCertificate: new Line("IMAP 2", settings.imapCertificate.port),
};
for (const line of Object.values(lines)) await line.open();

const at = (line) => ({ host: "localhost", port: line.port });
const common = {
  tls: { ca: [settings.ca], revocation: "off" },
  trust: { whiteList: "off" },
  software: { name: "Soak", version: "1.0", nil: "SOAK001" },
};
const mockConfig = (address) => ({
  ...loadConfigFile(configs[address]),
  operator: { smtp: at(lines.mockSmtp), imap: at(lines.mockImap) },
});
const realConfig = (address, type = "PER") => ({
  ...common,
  mailbox: { address, type },
  sender: { label: "Essai" },
  operator: { smtp: at(lines.smtp), imap: at(lines.imap) },
  auth: { method: "token", token: { file: operator.tokenFile(address) } },
});
const certificateConfig = {
  ...common,
  mailbox: { address: settings.clientCertificateMailbox, type: "APP" },
  sender: { label: "Essai" },
  operator: { smtp: at(lines.smtpCertificate), imap: at(lines.imapCertificate) },
  auth: {
    method: "certificate",
    p12: settings.clientP12,
    passphrase: settings.clientP12Passphrase,
    sasl: { smtp: "none", imap: "plain" },
    username: settings.clientCertificateMailbox,
    password: settings.plainPassword,
  },
};
const tokens = [...realSenders, ...realBoxes, realUnattended];
const mockTokens = [...mockBoxes, mockUnattended];
for (const address of tokens) operator.renew(address, 300_000);

const mockTo = [...mockBoxes, ...mockQuiet, mockUnattended, mockUnattended];
const realTo = [...realBoxes, ...realQuiet, realUnattended, realUnattended];
const plan = {
  folder: join(work, "app"),
  small,
  sendEveryMs: 5_000,
  useEveryMs: 5_000,
  churnEveryMs: 1_000,
  senders: [
    ...mockSenders.map((name, i) => ({
      name,
      world: "mock",
      config: mockConfig(name),
      recipients: mockTo,
      small: i === 1,
      leaps: i === 2,
    })),
    // Two tenants in one file.
    ...realSenders.map((name) => ({
      name,
      world: "real",
      config: realConfig(name, "ORG"),
      recipients: realTo,
      shared: "shared",
    })),
    { name: settings.clientCertificateMailbox, world: "real", config: certificateConfig, recipients: realTo },
  ],
  boxes: [
    ...mockBoxes.map((name, i) => ({
      name,
      world: "mock",
      config: mockConfig(name),
      answerTo: mockQuiet[0],
      budget: i > 2,
      cache: i % 2 === 0,
    })),
    ...realBoxes.map((name, i) => ({
      name,
      world: "real",
      config: realConfig(name),
      answerTo: realQuiet[0],
      budget: i > 2,
      cache: i % 2 === 0,
    })),
  ],
  unattended: [
    { name: mockUnattended, config: mockConfig(mockUnattended) },
    { name: realUnattended, config: realConfig(realUnattended) },
  ],
};
const soft = led(app, "app.mjs", plan, (note) => ledger.take(note), ["--expose-gc", "--trace-warnings"]);
await soft.ready;
const webmail = operator.webmail(realBoxes, minutes * 60);
say(
  `${plan.senders.length} senders, ${plan.boxes.length} watched mailboxes, ${plan.unattended.length} unattended; ${minutes} minutes`,
);

const accidents = beginAccidents({ lines, operator, mock, small, tokens, mockTokens, realBoxes, mockBoxes, say });
const rows = [];
async function row() {
  const measured = await soft.ask("measure");
  rows.push({
    minute: (Date.now() - begun) / 60_000,
    ...measured,
    lines: Object.values(lines).reduce((sum, { count }) => sum + count, 0),
    submitted: ledger.submitted.size,
  });
  log.write(`${JSON.stringify({ row: rows.at(-1) })}\n`);
  say(table([rows.at(-1)], rows.length === 1));
}
for (const end = begun + minutes * 60_000; Date.now() < end; ) {
  await sleep(Math.max(0, Math.min(60_000, end - Date.now())));
  await row();
}
accidents.end();
for (const address of tokens) operator.renew(address, 3_600_000);
for (const address of mockTokens) await mock.ask("renew", { address, lifeMs: 3_600_000 });
webmail.kill();
say("no more accidents, no more work");
await soft.ask("calm");
let left = -1;
for (let waited = 0; waited < 300 && left !== 0; waited += 5) {
  await sleep(5_000);
  operator.flush();
  left = await soft.ask("left");
}
say(`${left} mails are still queued; Postfix has ${operator.waiting()}`);
await sleep(75_000); // watches come back from their longest back-off, receipts are read, the unattended mailbox looks again
await row();
const { errors, logged } = await soft.ask("report");
ledger.settle({
  operator,
  given: await mock.ask("held"),
  boxes: [...mockBoxes, ...realBoxes],
  unattended: [mockUnattended, realUnattended],
  quiet: [...mockQuiet, ...realQuiet],
});
const closed = await soft.ask("close");
const exited = new Promise((resolve) => soft.child.on("exit", resolve));
await soft.ask("end").catch(() => {});
const code = await Promise.race([exited, sleep(10_000).then(() => "not after 10 s")]);
if (code !== 0) soft.child.kill("SIGKILL");
say(
  `closed in ${closed.ms} ms: ${closed.sockets} sockets, ${closed.timers} timers, ${closed.listeners} listeners, ${closed.files} files; exit ${code}`,
);
console.log(
  "\nerrors",
  errors,
  "\nlogged",
  logged,
  "\naccidents",
  Object.fromEntries(Object.values(lines).map(({ name, accidents }) => [name, accidents])),
);
console.log(slopes(rows));
const found = [...ledger.faults, ...leaks(rows, minutes), ...leftovers(closed)];
if (code !== 0) found.push(`the process did not end by itself: ${code}`);
for (const fault of found) console.log(`FAULT ${fault}`);
await mock.ask("stop").catch(() => {});
process.exit(found.length > 0 ? 1 : 0);
