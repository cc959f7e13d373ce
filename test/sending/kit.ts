import { type Connector, type ConnectorOptions, createConnector } from "../../src/index.js";
import { type MockMedimail, type MockMedimailOptions, startMockMedimail } from "../../src/mock/index.js";

export const LABO = "labo@ch-exemple.mssante.fr";
export const DOCTOR = "martin.dupont@medecin.mssante.fr";
export const COLLEAGUE = "claire.morel@medecin.mssante.fr";

/** Quick for tests: events and receipts are looked for often, retries come soon. */
export const QUICK: ConnectorOptions = {
  eventPollMs: 20,
  receiptPollMs: 50,
  sentGraceMs: 300,
  settings: { pollMs: 50, backoff: { baseMs: 20, maxMs: 100, jitter: 0 } },
};

/** The configuration that the mock writes for a mailbox, with an outbox in memory unless told otherwise. */
export async function configOf(
  mock: MockMedimail,
  address = LABO,
  changes: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  return { ...(await mock.config(address)), outbox: { store: "memory" }, ...changes };
}

export interface Pair extends AsyncDisposable {
  mock: MockMedimail;
  connector: Connector;
}

/** A mock and a connector of its laboratory mailbox. */
export async function pair(
  options: ConnectorOptions = {},
  mockOptions: MockMedimailOptions = {},
  config: Record<string, unknown> = {},
): Promise<Pair> {
  const mock = await startMockMedimail(mockOptions);
  const settings = { ...QUICK.settings, ...options.settings };
  const connector = createConnector(await configOf(mock, LABO, config), { ...QUICK, ...options, settings });
  return {
    mock,
    connector,
    async [Symbol.asyncDispose]() {
      await connector.close();
      await mock.close();
    },
  };
}

/** States of a submission's recipients, by address. */
export async function states(connector: Connector, id: string): Promise<Record<string, string>> {
  const row = await connector.outbox.get(id);
  return Object.fromEntries(row.recipients.map((recipient) => [recipient.address, recipient.state]));
}

/** How often each mail is in an inbox, by its Message-ID. */
export function arrivals(mock: MockMedimail, address: string): Map<string, number> {
  const arrived = new Map<string, number>();
  for (const message of mock.mailbox(address).messages("INBOX")) {
    const id = /^message-id:\s*<([^>]+)>/im.exec(Buffer.from(message.raw).toString("latin1"))?.[1] ?? "";
    arrived.set(id, (arrived.get(id) ?? 0) + 1);
  }
  return arrived;
}

export function soon(ms = 10_000): AbortSignal {
  return AbortSignal.timeout(ms);
}
