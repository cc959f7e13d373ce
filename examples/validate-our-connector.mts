// A software under test, as `medimail validate` runs it: reads MEDIMAIL_MOCK (and MEDIMAIL_SCENARIO where scenarios are named), and does each
// step with the connector. A publisher's own driver has the same shape, in any language; most steps are the calls that his software makes anyway.
//
//   medimail validate --scenario all --out ./validation -- node validate-our-connector.mts
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Connector,
  type ConnectorOptions,
  createConnector,
  createProSanteConnect,
  FhirDirectory,
  isMedimailError,
  loadConfigFile,
  loopbackLogin,
  type MailSummary,
  type ProSanteConnectSession,
  type Submission,
  type TraceEntry,
} from "medimail-connector";
import type { Scenario, ScenarioStep } from "medimail-connector/compliance";

/** The part of the ready object that is used here. */
export interface Ready {
  configs: Record<string, string>;
  discoverConfigs: Record<string, string>;
  psc?: { issuer: string };
  directory?: { url: string; key: string };
  control?: { url: string; token: string };
  scenarios: Scenario[];
}

/** What became of a step: `done`, `refused` by the software as it should be, `waiting` for a server that is ill, or left to a person. */
export type StepOutcome = "done" | "refused" | "waiting" | "declined" | "person";

/** Looks often and tries again soon: a test does not wait for minutes. */
const QUICK: ConnectorOptions = {
  eventPollMs: 50,
  receiptPollMs: 400,
  sentGraceMs: 500,
  settings: { pollMs: 100, backoff: { baseMs: 1_500, maxMs: 3_000, jitter: 0 } },
};
/** The client that the mock's Pro Santé Connect knows. */
const PSC_CLIENT = { id: "medimail-test", secret: "medimail-test-secret" };
const LONG_MS = 30_000;
const SHORT_MS = 4_000;
const ACTOR = "899900000019";

/** Plays one scenario, as one installation of the software: what it keeps is new, and goes with it. */
export async function drive(
  ready: Ready,
  scenario: Scenario,
  {
    signal,
    onStep = () => {},
    onTrace = () => {},
  }: {
    signal: AbortSignal;
    onStep?: (step: number, outcome: StepOutcome) => void;
    onTrace?: (trace: Omit<TraceEntry, "seq">) => void;
  },
): Promise<StepOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "medimail-driver-"));
  const software = new Software(ready, scenario, folder, { signal, onTrace });
  const outcomes: StepOutcome[] = [];
  try {
    for (const [index, step] of scenario.steps.entries()) {
      signal.throwIfAborted();
      const outcome = await software.step(step);
      outcomes.push(outcome);
      onStep(index + 1, outcome);
    }
    return outcomes;
  } finally {
    await software.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Software {
  readonly #ready: Ready;
  readonly #scenario: Scenario;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #onTrace: (trace: Omit<TraceEntry, "seq">) => void;
  readonly #connectors = new Map<string, Connector>();
  #session: Promise<ProSanteConnectSession> | undefined;
  #closing: (() => Promise<unknown>)[] = [];

  constructor(
    ready: Ready,
    scenario: Scenario,
    folder: string,
    { signal, onTrace }: { signal: AbortSignal; onTrace: (trace: Omit<TraceEntry, "seq">) => void },
  ) {
    this.#ready = ready;
    this.#scenario = scenario;
    this.#folder = folder;
    this.#signal = signal;
    this.#onTrace = onTrace;
  }

  async step(step: ScenarioStep): Promise<StepOutcome> {
    const { mailbox = "" } = step;
    switch (step.action) {
      case "send":
        return this.#send(mailbox, step);
      case "read":
        return this.#read(mailbox, step);
      case "reply":
        return this.#reply(mailbox, step);
      case "receipt":
        return this.#receipt(mailbox, step);
      case "delete": {
        const { mailbox: box } = await this.#connector(mailbox);
        await box.delete(await this.#find(mailbox, step), { actor: ACTOR, signal: this.#signal });
        return "done";
      }
      case "connect":
        return this.#connect(mailbox);
      case "wait":
        return this.#wait(mailbox, step.seconds);
      case "restart":
        await this.close();
        await this.#tell("end");
        await this.#tell("start");
        return "done";
      case "search":
        return this.#search(step.query);
      case "attest":
        return "person";
    }
  }

  async #send(mailbox: string, step: Extract<ScenarioStep, { action: "send" }>): Promise<StepOutcome> {
    const { expect = "sent" } = step;
    let submission: Submission;
    try {
      const connector = await this.#connector(mailbox);
      submission = await connector.documents.submit(
        {
          documents: step.documents.map(({ cda, pdf }) => ({
            cda: readFileSync(cda),
            ...(pdf === undefined ? {} : { pdf: readFileSync(pdf) }),
          })),
          to: [...step.to],
          actor: ACTOR,
          ...(step.documentAction === undefined ? {} : { action: step.documentAction }),
          ...(step.identityStatus === undefined ? {} : { identityStatus: step.identityStatus }),
          ...(step.confidentiality === undefined ? {} : { confidentiality: [...step.confidentiality] }),
          ...(step.requestDelivery === undefined ? {} : { requestDelivery: step.requestDelivery }),
          ...(step.requestRead === undefined ? {} : { requestRead: step.requestRead }),
          ...(step.replyTo === undefined ? {} : { replyTo: step.replyTo }),
          ...(step.fin === undefined ? {} : { fin: step.fin }),
          opposition: {
            patient: step.opposePatient ?? false,
            professionals: step.opposeProfessionals ?? false,
          },
        },
        { signal: this.#signal },
      );
    } catch (error) {
      if (expect !== "sent" && isMedimailError(error)) return "refused";
      throw error;
    }
    if (expect === "waiting") return this.#waits(submission);
    const { recipients, ok } = await submission.settled({ signal: this.#within(LONG_MS) });
    if (ok) return "done";
    const refused = recipients.some(({ state }) => state === "failed");
    const partly = recipients.some(({ state }) => state !== "failed");
    if (refused && (expect === "refused" || partly)) return expect === "refused" ? "refused" : "done";
    throw new Error(`not sent: ${recipients.map(({ state, error }) => `${state} ${error?.code ?? ""}`).join(", ")}`);
  }

  /** Until the first attempt has failed: the document then stays in the outbox. */
  async #waits(submission: Submission): Promise<StepOutcome> {
    const events = submission.events({ signal: this.#within(SHORT_MS * 2) });
    try {
      for await (const { event } of events) {
        if (event === "accepted") return "done";
        if (event === "deferred" || event === "failed" || event === "unknown") return "waiting";
      }
    } catch {
      // The time is over: nothing has left.
    }
    return "waiting";
  }

  async #read(mailbox: string, step: Extract<ScenarioStep, { action: "read" }>): Promise<StepOutcome> {
    const { mailbox: box } = await this.#connector(mailbox);
    const mail = await this.#find(mailbox, step);
    await box.body(mail, { signal: this.#signal });
    if (mail.hasXdm) await box.open(mail, { remember: true, signal: this.#signal });
    await box.flag(mail, { seen: true, actor: ACTOR, signal: this.#signal });
    return "done";
  }

  async #reply(mailbox: string, step: Extract<ScenarioStep, { action: "reply" }>): Promise<StepOutcome> {
    const { mailbox: box } = await this.#connector(mailbox);
    const answer = await box.reply(await this.#find(mailbox, step), {
      text: step.body,
      actor: ACTOR,
      ...(step.fin === undefined ? {} : { fin: step.fin }),
      signal: this.#signal,
    });
    return this.#left(answer);
  }

  /** What the sender asked for; where he did not ask, nothing leaves but the mail of a failure. */
  async #receipt(mailbox: string, step: Extract<ScenarioStep, { action: "receipt" }>): Promise<StepOutcome> {
    const { mailbox: box } = await this.#connector(mailbox);
    const mail = await this.#find(mailbox, step);
    const { disposition, code = "906" } = step;
    try {
      return await this.#left(
        await box.receipt(mail, { disposition, ...(disposition === "error" ? { code } : {}), actor: ACTOR }),
      );
    } catch (error) {
      if (!isMedimailError(error)) throw error;
      if (error.code === "receipt_not_asked" && disposition === "error")
        return this.#left(await box.failureMail(mail, { code, actor: ACTOR }));
      // Not asked for, or for another address: the person has declined.
      if (error.code === "receipt_not_asked" || error.code === "receipt_unconfirmed") return "declined";
      throw error;
    }
  }

  async #left(submission: Submission): Promise<StepOutcome> {
    const { ok } = await submission.settled({ signal: this.#within(LONG_MS) });
    if (!ok) throw new Error("the mail did not leave");
    return "done";
  }

  /** Opens the mailbox, as a screen does; a server that is not safe, and a right that is gone, are told. */
  async #connect(mailbox: string): Promise<StepOutcome> {
    try {
      const { mailbox: box } = await this.#connector(mailbox);
      await box.folders({ signal: this.#within(SHORT_MS * 3) });
      await box.list({ signal: this.#within(SHORT_MS * 3) }).toArray({ limit: 20 });
      return "done";
    } catch (error) {
      if (isMedimailError(error)) return "refused";
      throw error;
    }
  }

  /** Asks the Annuaire Santé; what is found is what a person would choose from. */
  async #search({ name, ...query }: Readonly<Record<string, string>>): Promise<StepOutcome> {
    const { directory } = this.#ready;
    if (!directory) throw new Error("the mock has no directory");
    const annuaire = new FhirDirectory({ http: { fetch }, key: directory.key, url: directory.url });
    const wanted = { ...query, ...(name === undefined ? {} : { family: name }) };
    let found = 0;
    for await (const _ of annuaire.search(wanted, { limit: 20, signal: this.#within(LONG_MS) })) found += 1;
    return found >= 0 ? "done" : "waiting";
  }

  /** Tells the mock that the software ended and was started again, which no server can see. */
  async #tell(what: "start" | "end"): Promise<void> {
    const { control } = this.#ready;
    if (!control) return;
    await fetch(`${control.url}/client`, {
      method: "POST",
      headers: { authorization: `Bearer ${control.token}`, "content-type": "application/json" },
      body: JSON.stringify({ what }),
    });
  }

  async #wait(mailbox: string, seconds: number): Promise<StepOutcome> {
    const connector = await this.#connector(mailbox);
    await connector.ready().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, Math.min(seconds, 3) * 1_000));
    return "done";
  }

  async #find(mailbox: string, { messageId = "" }: { messageId?: string }): Promise<MailSummary> {
    const { mailbox: box } = await this.#connector(mailbox);
    for await (const mail of box.list({ signal: this.#within(LONG_MS) })) if (mail.messageId === messageId) return mail;
    throw new Error("the mail of the step is not in the mailbox");
  }

  async #connector(mailbox: string): Promise<Connector> {
    const known = this.#connectors.get(mailbox);
    if (known) return known;
    const discovers = this.#scenario.requirements.includes("ECO.1.1.9");
    const path = (discovers ? this.#ready.discoverConfigs : this.#ready.configs)[mailbox];
    if (path === undefined) throw new Error("the mock has no such mailbox");
    const given = loadConfigFile(path);
    const session = this.#ready.psc && given.auth.method === "token" ? await this.#login() : undefined;
    const config = {
      ...given,
      tls: { ...given.tls, revocation: "strict" as const },
      outbox: { store: "sqlite" as const, path: join(this.#folder, `${mailbox}.db`) },
      ...(session && this.#ready.psc
        ? {
            auth: {
              method: "pro-sante-connect" as const,
              issuer: this.#ready.psc.issuer,
              clientId: PSC_CLIENT.id,
              clientSecret: { env: "MEDIMAIL_PSC_SECRET" },
            },
          }
        : {}),
    };
    // A software that only shows a mailbox looks for no receipts.
    const writes = this.#scenario.steps.some(({ action }) => ["send", "reply", "receipt"].includes(action));
    const connector = createConnector(config, {
      ...QUICK,
      delivery: writes ? "auto" : "manual",
      ...(session ? { session } : {}),
    });
    this.#connectors.set(mailbox, connector);
    return connector;
  }

  /** Tokens are in memory only: after a restart somebody has to log in again (ECO.1.2.5). */
  #login(): Promise<ProSanteConnectSession> {
    this.#session ??= this.#loginNow();
    return this.#session;
  }

  async #loginNow(): Promise<ProSanteConnectSession> {
    const psc = createProSanteConnect({
      issuer: this.#ready.psc?.issuer ?? "",
      clientId: PSC_CLIENT.id,
      proof: { method: "client_secret_basic", secret: async () => PSC_CLIENT.secret },
    });
    // In place of the professional's browser; the mock's card is in its reader.
    const session = await loopbackLogin(psc, { open: (url) => void fetch(url).catch(() => {}) });
    this.#closing = [() => session.close(), () => psc.close()];
    return session;
  }

  #within(ms: number): AbortSignal {
    const late = AbortSignal.timeout(ms);
    // Node 20 forgets a timeout that nobody listens to, and the signal made of it would never come.
    late.addEventListener("abort", () => {}, { once: true });
    return AbortSignal.any([this.#signal, late]);
  }

  /** Ends the software: what is not stored is gone. Its functional traces are handed over first (ECO.4.1.2). */
  async close(): Promise<void> {
    for (const connector of this.#connectors.values())
      for await (const { seq: _, ...trace } of connector.traces.list()) this.#onTrace(trace);
    await Promise.all([...this.#connectors.values()].map((connector) => connector.close()));
    this.#connectors.clear();
    for (const close of this.#closing) await close();
    this.#closing = [];
    this.#session = undefined;
  }
}

/** The command: one scenario, or all of them one after the other. */
export async function main(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  const file = env["MEDIMAIL_MOCK"];
  if (file === undefined) throw new Error("MEDIMAIL_MOCK names no file: `medimail validate` runs this program");
  const ready = JSON.parse(readFileSync(file, "utf8")) as Ready;
  const wanted = env["MEDIMAIL_SCENARIO"];
  for (const scenario of ready.scenarios.filter(({ id }) => wanted === undefined || id === wanted)) {
    const outcomes = await drive(ready, scenario, { signal: AbortSignal.timeout(scenario.seconds * 1_000) });
    log(`${scenario.id}: ${outcomes.join(", ")}`);
  }
}

if (import.meta.filename === realpathSync(process.argv[1] ?? ".")) await main(process.env, console.error);
