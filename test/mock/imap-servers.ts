import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMockMedimail } from "../../src/mock/index.js";
import { sharedDir } from "../tools/shared.js";
import { RawClient, xoauth2 } from "./kit.js";

/** An IMAP server to which the same expectations are put: the mock, or Dovecot. */
export interface TestServer {
  /** A new, empty mailbox: gives authenticated clients of it. */
  mailbox(): () => Promise<RawClient>;
  /** How a client of another language gets in. */
  access(): { port: number; ca: string; user: string; xoauth2?: string; plain?: string };
  close(): Promise<void>;
}

let mailboxes = 0;

async function secured(port: number, ca: string): Promise<RawClient> {
  const client = await RawClient.connect(port);
  await client.line();
  await client.imap("STARTTLS");
  await client.secure({ ca });
  return client;
}

async function login(client: RawClient, credentials: string): Promise<RawClient> {
  const answer = await client.imap(`AUTHENTICATE ${credentials}`);
  if (!/^A1 OK/m.test(answer)) throw new Error(`no login: ${answer}`);
  return client;
}

export async function mockServer(): Promise<TestServer> {
  const mock = await startMockMedimail();
  const add = (): string => {
    const address = `essai.${++mailboxes}@medecin.mssante.fr`;
    mock.addMailbox({ address, type: "PER" });
    return address;
  };
  return {
    mailbox() {
      const address = add();
      return async () =>
        login(await secured(mock.imap.port, mock.ca), `XOAUTH2 ${xoauth2(address, mock.token(address))}`);
    },
    access() {
      const user = add();
      return { port: mock.imap.port, ca: mock.ca, user, xoauth2: mock.token(user) };
    },
    async close() {
      await mock.close();
      if (mock.problems.length > 0) throw mock.problems[0];
    },
  };
}

/** Why Dovecot cannot be started here; undefined where it can. In CI it must be there. */
export function dovecotMissing(): string | undefined {
  if (process.env["CI"]) return undefined;
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs Linux and root";
  if (!sharedDir()) return "needs ../shared beside the checkout";
  const packages = ["/usr/sbin/dovecot", "/usr/sbin/postfix", "/usr/lib/dovecot/lmtp"];
  return packages.every((path) => existsSync(path))
    ? undefined
    : "needs the Debian packages dovecot-imapd dovecot-lmtpd postfix";
}

export async function dovecotServer(): Promise<TestServer> {
  const servers = join(sharedDir() ?? "", "mail-servers");
  const folder = mkdtempSync(join(tmpdir(), "medimail-dovecot-"));
  const base = 40_000 + (process.pid % 200) * 100;
  const settings: { ca: string; plainPassword: string; imap: { port: number } } = JSON.parse(
    execFileSync(join(servers, "start"), [folder, String(base)], { encoding: "utf8" }),
  );
  const ca = readFileSync(settings.ca, "utf8");
  const address = () => `essai.${++mailboxes}@medecin.test.mssante.fr`;
  const plain = (user: string) => Buffer.from(`\0${user}\0${settings.plainPassword}`).toString("base64");
  return {
    mailbox() {
      const user = address();
      return async () => login(await secured(settings.imap.port, ca), `PLAIN ${plain(user)}`);
    },
    access: () => ({ port: settings.imap.port, ca, user: address(), plain: settings.plainPassword }),
    async close() {
      execFileSync(join(servers, "stop"), [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What an answer says, whatever the server's words. */
export interface Facts {
  /** OK, NO, BAD, or "closed". */
  result: string;
  /** The tagged line. */
  tagged: string;
  exists: number | undefined;
  expunged: number[];
  vanished: string | undefined;
  vanishedEarlier: string | undefined;
  fetched: { sequence: number; uid?: number; flags?: string[]; modseq?: number }[];
  /** The code in brackets of any line, with its argument. */
  codes: Record<string, string>;
}

export function factsOf(answer: string, tag = "A1"): Facts {
  const lines = answer.split("\n");
  const tagged = lines.find((line) => line.startsWith(`${tag} `)) ?? "";
  const facts: Facts = {
    result: tagged.split(" ")[1] ?? "closed",
    tagged,
    exists: undefined,
    expunged: [],
    vanished: /^\* VANISHED ([\d,:]+)$/m.exec(answer)?.[1],
    vanishedEarlier: /^\* VANISHED \(EARLIER\) ([\d,:]+)$/m.exec(answer)?.[1],
    fetched: [],
    codes: {},
  };
  for (const line of lines) {
    const exists = /^\* (\d+) EXISTS$/.exec(line);
    if (exists) facts.exists = Number(exists[1]);
    const expunged = /^\* (\d+) EXPUNGE$/.exec(line);
    if (expunged) facts.expunged.push(Number(expunged[1]));
    const code = /^(?:\*|\S+) (?:OK|NO|BAD) \[([A-Z-]+)(?: ([^\]]*))?\]/.exec(line);
    if (code?.[1]) facts.codes[code[1]] = code[2] ?? "";
    const fetch = /^\* (\d+) FETCH \((.*)/.exec(line);
    if (fetch) facts.fetched.push({ sequence: Number(fetch[1]), ...itemsOf(fetch[2] ?? "") });
  }
  return facts;
}

function itemsOf(text: string): { uid?: number; flags?: string[]; modseq?: number } {
  const uid = /\bUID (\d+)/.exec(text)?.[1];
  const flags = /\bFLAGS \(([^)]*)\)/.exec(text)?.[1];
  const modseq = /\bMODSEQ \((\d+)\)/.exec(text)?.[1];
  return {
    ...(uid === undefined ? {} : { uid: Number(uid) }),
    // \Recent is a session's, and of no use here.
    ...(flags === undefined ? {} : { flags: flags.split(" ").filter((flag) => flag !== "" && flag !== "\\Recent") }),
    ...(modseq === undefined ? {} : { modseq: Number(modseq) }),
  };
}
