import { randomBytes } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { MedimailError } from "../../errors.js";
import { untilAborted } from "../../until-aborted.js";
import { type Command, EXIT } from "../command.js";
import { refuseDevice } from "../files.js";
import { openConsole } from "../mock-console.js";
import { observationText, readyText } from "../views/mock.js";

const RECEIPTS = ["none", "delivered", "read", "integrated"] as const;

export const mock: Command = {
  name: "mock",
  stream: true,
  ownsSignal: true,
  untilStopped: true,
  options: {
    dir: { type: "string", value: "DIR" },
    "port-smtp": { type: "string", value: "N" },
    "port-imap": { type: "string", value: "N" },
    "port-dns": { type: "string", value: "N" },
    "port-http": { type: "string", value: "N" },
    receipts: { type: "string", value: RECEIPTS.join("|"), choices: RECEIPTS },
    "files-sent": { type: "boolean" },
    "port-console": { type: "string", value: "N" },
    "no-console": { type: "boolean" },
    listen: { type: "string", value: "HOST" },
  },
  async run(context, { options }) {
    const ports = { min: 0, max: 65535, whole: true };
    const dir = options.text("dir");
    const smtpPort = options.number("port-smtp", ports);
    const imapPort = options.number("port-imap", ports);
    const dnsPort = options.number("port-dns", ports);
    const httpPort = options.number("port-http", ports);
    const consolePort = options.number("port-console", ports);
    const host = options.text("listen");
    const receipts = options.text("receipts") ?? "delivered";
    const readyFile = context.io.env["MEDIMAIL_MOCK"] || undefined;
    if (readyFile !== undefined) {
      refuseDevice(readyFile, "MEDIMAIL_MOCK");
      rmSync(readyFile, { force: true });
    }
    const [{ startMockMedimail }, { LiveJudge, mailsOf, plansOf, Stage }] = await Promise.all([
      import("../../mock/index.js"),
      import("../../validator/index.js"),
    ]);
    // Without a folder of the caller's, one that is gone at the end: mails are judged from what was written.
    const own = dir === undefined ? mkdtempSync(join(tmpdir(), "medimail-mock-")) : resolve(dir);
    // The ready object is the first line, whatever a client does in the meantime.
    let print: ((observation: Parameters<typeof observationText>[0]) => void) | undefined;
    const early: Parameters<typeof observationText>[0][] = [];
    const settings = {
      psc: true,
      directory: true,
      dir: own,
      ...(smtpPort === undefined ? {} : { smtpPort }),
      ...(imapPort === undefined ? {} : { imapPort }),
      ...(dnsPort === undefined ? {} : { dnsPort }),
      ...(httpPort === undefined ? {} : { httpPort }),
      ...(options.flag("files-sent") ? { filesSent: true } : {}),
      autoReceipts: {
        deliver: receipts !== "none",
        read: receipts === "read" || receipts === "integrated",
        integrate: receipts === "integrated",
      },
      onObservation: (observation: Parameters<typeof observationText>[0]) => {
        print ? print(observation) : early.push(observation);
        stage?.observe(observation);
        judge?.add(observation);
      },
      unhandledHttp: "ignore" as const,
    };
    let judge: InstanceType<typeof LiveJudge> | undefined;
    let stage: Awaited<ReturnType<typeof Stage.prepare>> | undefined;
    const gone = () => {
      if (readyFile !== undefined) rmSync(readyFile, { force: true });
      if (dir === undefined) rmSync(own, { recursive: true, force: true });
    };
    const { server, ready } = await start(async () => {
      const started = await startMockMedimail(settings);
      try {
        const made = await started.ready();
        // Beside the certificates and the configurations, and gone with them.
        const folder = join(dirname(made.ca), "scenarios");
        const seed = randomBytes(16).toString("hex");
        // All of them: a script opens the paths of the ready object as soon as it has read it.
        stage = await Stage.prepare(started, { folder, plans: plansOf("all"), seed });
        judge = new LiveJudge({ mail: mailsOf(own), scenarios: stage.scenarios, lang: context.lang });
        const live = judge;
        for (const observation of started.observations) live.add(observation);
        const places = await openConsole(started, stage, () => live.results().results, {
          page: !options.flag("no-console"),
          ...(host === undefined ? {} : { host }),
          ...(consolePort === undefined ? {} : { port: consolePort }),
        });
        const ready = { ...made, ...places, scenarios: stage.scenarios };
        if (readyFile !== undefined) writeReadyFile(readyFile, ready);
        return { server: started, ready };
      } catch (error) {
        await started.close();
        throw error;
      }
    }).catch((error) => {
      gone();
      throw error;
    });
    try {
      await context.event(ready, (style) => readyText(ready, context.text, style));
      let last: Promise<void> = Promise.resolve();
      print = (observation) => {
        last = context.event(observation, (style) => observationText(observation, style));
      };
      for (const observation of early) print(observation);
      await untilAborted(context.signal);
      await last;
    } finally {
      await server.close();
      gone();
    }
    return EXIT.done;
  },
};

/** Whole or not there: who waits for the file never reads half of it. Only its owner reads it, since the token is in it. */
function writeReadyFile(path: string, ready: object): void {
  const part = `${path}.${process.pid}`;
  writeFileSync(part, `${JSON.stringify(ready)}\n`, { mode: 0o600 });
  renameSync(part, path);
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "a port is in use already",
  EACCES: "the port or the folder may not be used",
  EPERM: "the port or the folder may not be used",
  ENOTDIR: "a file is in the place of the folder",
  EEXIST: "a file is in the place of the folder",
  ENOENT: "the folder cannot be made there",
  EROFS: "the disk of the folder is read-only",
  ENOSPC: "the disk of the folder is full",
};

/** A mock that does not start is exit 3: nothing was tried, nothing can be said. */
async function start<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (typeof code === "string" && REASONS[code] !== undefined) {
      throw new MedimailError("mock_failed", REASONS[code], {
        cause,
        hint: "leave the --port- options out for free ports; --dir is a folder that may be written",
      });
    }
    throw cause;
  }
}
