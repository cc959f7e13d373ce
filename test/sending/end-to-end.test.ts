import { describe, expect, it } from "vitest";
import { openXdm } from "../../src/index.js";
import { cdaOf, fictionalIns } from "../tools/documents.js";
import { COLLEAGUE, DOCTOR, LABO, pair, soon, states } from "./kit.js";

const PATIENT = `${fictionalIns()}@patient.mssante.fr`;

describe("a validated document, end to end", () => {
  it("is packed, sent over TLS, delivered, read and integrated, and every state comes back", async () => {
    await using it = await pair();
    const { mock, connector } = it;
    const cda = cdaOf(1);
    const submission = await connector.documents.submit({
      documents: [{ cda }],
      to: [DOCTOR],
      patient: true,
      requestRead: true,
    });
    expect((await submission.settled({ until: "delivered", signal: soon() })).ok).toBe(true);

    const [toDoctor] = (await connector.outbox.get(submission.id)).recipients;
    mock.read(DOCTOR, toDoctor?.messageId ?? "");
    mock.integrate(DOCTOR, toDoctor?.messageId ?? "");
    const seen: string[] = [];
    for await (const event of submission.events({ signal: soon() })) {
      if (event.recipient === DOCTOR) seen.push(event.event);
      if (event.event === "integrated") break;
    }
    expect(seen).toEqual(["queued", "accepted", "delivered", "read", "integrated"]);
    expect(await states(connector, submission.id)).toEqual({ [DOCTOR]: "integrated", [PATIENT]: "delivered" });
    expect(mock.problems).toEqual([]);
  });

  it("reaches each recipient in a mail of his own, with the same document byte for byte", async () => {
    await using it = await pair();
    const { mock, connector } = it;
    const cda = cdaOf(2);
    const submission = await connector.documents.submit({ documents: [{ cda }], to: [DOCTOR, COLLEAGUE] });
    await submission.settled({ until: "delivered", signal: soon() });
    expect(new Set(submission.messageIds).size).toBe(2);
    for (const address of [DOCTOR, COLLEAGUE]) {
      const [message] = mock.mailbox(address).messages("INBOX");
      const zip = attachment(Buffer.from(message?.raw ?? []).toString("latin1"), "application/zip");
      const opened = await openXdm(zip);
      expect(Buffer.compare(Buffer.from(opened.documents[0]?.content ?? []), Buffer.from(cda))).toBe(0);
      expect(opened.problems).toEqual([]);
    }
  });

  it("writes a trace of each sending with author, local time, request and the server's answer (ECO.4.1.1, ECO.4.1.2)", async () => {
    await using it = await pair();
    const submission = await it.connector.documents.submit({
      documents: [{ cda: cdaOf(3) }],
      to: [DOCTOR],
      actor: "810000000018",
    });
    await submission.settled({ signal: soon() });
    const traces = [];
    for await (const trace of it.connector.traces.list()) traces.push(trace);
    expect(traces).toMatchObject([
      { mailbox: LABO, actor: "810000000018", action: "send", ok: true, answer: expect.stringMatching(/^250/) },
    ]);
    expect(traces[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/);
  });

  it("is not lost while the server is away", async () => {
    await using it = await pair();
    const { mock, connector } = it;
    mock.faults.add({ name: "drop", at: "greeting", times: 2 });
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf(4) }], to: [DOCTOR] });
    expect((await submission.settled({ signal: soon() })).ok).toBe(true);
  });
});

function attachment(mail: string, type: string): Uint8Array {
  const part = mail.split(/\r\n--[^\r\n]+/).find((text) => text.toLowerCase().includes(`content-type: ${type}`)) ?? "";
  return Buffer.from(part.slice(part.indexOf("\r\n\r\n")), "base64");
}
