import type { Connector, Hl7Seen, Hl7ServeOptions } from "../connector-types.js";
import { errorCodeOf, isMedimailError, MedimailError } from "../errors.js";
import { firstAborted } from "../first-aborted.js";
import {
  codeOfAnswer,
  hl7Acknowledgement,
  hl7Header,
  hl7Receipt,
  readHl7Answer,
  readHl7Order,
  receiptId,
} from "../hl7/index.js";
import { backoffMs, type SubmissionEvent } from "../sending/index.js";
import { MllpClient, type MllpServer, startMllpServer } from "../transport/mllp/index.js";
import { untilAborted } from "../until-aborted.js";
import type { Core, Frame } from "./core.js";

/** Where the messages of business have come to, beside the other cursors of the mailbox. */
const CURSOR = "hl7";
const AGAIN = { baseMs: 1_000, maxMs: 60_000, jitter: 0.25 };
/** A cursor that lags costs a look at events that need no message. */
const SKIPPED = 200;

type Parts = Pick<Hl7ServeOptions, "dmp" | "strictMatrix"> & { seen: (one: Hl7Seen) => void };

/** Messages of HL7 v2 over MLLP: orders in, acknowledgements and messages of business out. */
export function hl7Of(
  frame: Frame,
  open: () => Promise<Core>,
  submit: Connector["documents"]["submit"],
  stop: AbortSignal,
): Connector["hl7"] {
  return {
    async serve({ signal, listen, receipts, onListening, onSeen, ...rules }) {
      const core = await open();
      const either = firstAborted(signal, stop);
      const seen = (one: Hl7Seen) => {
        try {
          onSeen?.(one);
        } catch {
          frame.log.log("error", "listener.failed", {});
        }
      };
      const parts: Parts = { ...rules, seen };
      const client = receipts && new MllpClient(receipts);
      let server: MllpServer | undefined;
      try {
        server = await startMllpServer({
          ...listen,
          logger: frame.log,
          onMessage: (content) => answer(content, submit, parts),
        });
        onListening?.({ host: server.host, port: server.port });
        if (client) await keepRelaying(frame, core, client, { signal: either.signal, seen });
        else await untilAborted(either.signal);
      } finally {
        either.release();
        await server?.close();
        await client?.close();
      }
    },
  };
}

/** AA once the order is durable. Without a header there is nobody to answer: the connection is closed. */
async function answer(
  content: Uint8Array,
  submit: Connector["documents"]["submit"],
  { dmp = "refuse", strictMatrix = false, seen }: Parts,
): Promise<Uint8Array> {
  const header = hl7Header(content);
  if (!header) throw new MedimailError("hl7_invalid", "MSH: the message does not begin with a header segment");
  const { controlId } = header;
  try {
    const order = readHl7Order(content, { strictMatrix });
    if (order.toDmp && dmp === "refuse")
      throw new MedimailError("not_supported", "the DMP is asked for as well, and nobody here feeds it", {
        path: "OBX(DESTDMP)-5",
        hint: "Where another software feeds the DMP, set dmp to ignore.",
      });
    const submission = order.submission.to?.length ? await submit(order.submission) : undefined;
    const problems = [...order.problems, ...(submission?.problems ?? [])];
    seen({ event: "message", controlId, code: "AA", problems, ...(submission ? { submission: submission.id } : {}) });
    return hl7Acknowledgement(header);
  } catch (error) {
    // It was not stored, and the sender is to send it again, to whoever comes after us.
    if (errorCodeOf(error) === "closed") throw error;
    seen({
      event: "message",
      controlId,
      code: codeOfAnswer(error),
      problems: [],
      error: isMedimailError(error) ? error : new MedimailError("internal", "An unforeseen fault of the connector."),
    });
    return hl7Acknowledgement(header, { error });
  }
}

interface Relaying {
  signal: AbortSignal;
  seen: (one: Hl7Seen) => void;
}

/** An outbox that cannot be read or written for a while (a full disk) is no reason to take no orders. */
async function keepRelaying(frame: Frame, core: Core, client: MllpClient, relaying: Relaying): Promise<void> {
  const { clock, log, random } = frame;
  const { signal } = relaying;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await relay(frame, core, client, relaying);
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === "closed") throw error;
      const ms = backoffMs(attempt, AGAIN, random);
      log.log("error", "hl7.relay-waits", { code, attempt, ms });
      await clock.sleep(ms, { signal, unref: true }).catch(() => {});
    }
  }
}

/** Each event that is to be told, in order and at least once, until the signal: the next begins when this one was answered. */
async function relay(frame: Frame, { store, reader }: Core, client: MllpClient, relaying: Relaying): Promise<void> {
  const { tenant, mailbox } = frame;
  const { signal } = relaying;
  const note = (seq: number) => store.setCursor(tenant, mailbox, CURSOR, String(seq));
  const noted = await store.cursor(tenant, mailbox, CURSOR);
  const after = /^\d{1,15}$/.test(noted ?? "") ? Number(noted) : await reader.lastSeq();
  // What comes while nobody serves is told later: so the beginning is noted at once.
  if (String(after) !== noted) await note(after);
  let skipped = 0;
  for await (const event of reader.read({ after, tenant, mailbox, signal })) {
    const receipt = hl7Receipt(event);
    if (receipt) await told(frame, client, event, receipt, relaying);
    else skipped += 1;
    if (signal.aborted) return;
    if (!receipt && skipped < SKIPPED) continue;
    skipped = 0;
    await note(event.seq);
  }
}

async function told(
  { clock, log, random }: Frame,
  client: MllpClient,
  event: SubmissionEvent,
  receipt: Uint8Array,
  { signal, seen }: Relaying,
): Promise<void> {
  const { submission, event: name, recipient = "" } = event;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    let code: string;
    try {
      const { verdict, controlId } = readHl7Answer(await client.send(receipt, { signal }));
      if (controlId !== receiptId(event))
        throw new MedimailError("connection_lost", "the answer is that of another message");
      if (verdict !== "later") {
        // One that is refused holds up nobody: it would be refused again.
        if (verdict === "refused") log.log("error", "hl7.receipt-refused", { submission });
        seen({ event: "receipt", submission, recipient, state: name, code: verdict === "taken" ? "AA" : "AE" });
        return;
      }
      code = "AR";
    } catch (error) {
      if (signal.aborted) return;
      code = errorCodeOf(error);
    }
    const ms = backoffMs(attempt, AGAIN, random);
    log.log("warn", "hl7.receipt-waits", { submission, code, attempt, ms });
    await clock.sleep(ms, { signal, unref: true }).catch(() => {});
  }
}
