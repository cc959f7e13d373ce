import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import {
  type ClaimedMail,
  type RecipientReply,
  type TransportFailure,
  withTransportFailure,
} from "../../src/seams/index.js";
import { type OutcomeContext, settleAnswer, settleFailure, settleRecovered } from "../../src/sending/outcome.js";

const mail: ClaimedMail = {
  mailId: 1,
  submission: "s",
  tenant: "default",
  mailbox: "labo@ch.mssante.fr",
  messageId: "abc@ch.mssante.fr",
  attempts: 2,
  createdAt: 0,
  content: [],
  size: 0,
  info: { documents: [] },
  action: "create",
  recipients: [
    { id: 10, address: "a@x.mssante.fr", kind: "professional" },
    { id: 11, address: "b@x.mssante.fr", kind: "professional" },
  ],
};
const context: OutcomeContext = {
  worker: "w",
  now: 1_000,
  retryAt: () => 9_000,
  maxAgeMs: 100_000,
  from: "labo@ch.mssante.fr",
  trace: (entry) => ({
    ...entry,
    request: JSON.stringify(entry.request),
    at: "t",
    tenant: "default",
    mailbox: mail.mailbox,
    actor: "x",
  }),
};
const reply = (changes: Partial<RecipientReply>): RecipientReply => ({
  address: "",
  accepted: false,
  reply: 550,
  temporary: false,
  ...changes,
});
const failure = (
  changes: Partial<TransportFailure>,
  code: "smtp_temporary" | "smtp_permanent" | "delivery_unknown" | "auth_refused" = "smtp_temporary",
) =>
  withTransportFailure(new MedimailError(code, "x"), {
    stage: "rcpt",
    verdict: "temporary",
    systemic: false,
    ...changes,
  });

describe("the operator's answer", () => {
  it("keeps partial acceptance for each recipient: one accepted, one refused, nothing to retry", () => {
    const settled = settleAnswer(
      mail,
      { recipients: [reply({ accepted: true, reply: 250 }), reply({ status: "5.1.1" })], reply: 250, answer: "250" },
      context,
    );
    expect(settled.recipients).toMatchObject([
      { id: 10, state: "accepted" },
      { id: 11, state: "failed", error: { code: "recipient_refused", status: "5.1.1" } },
    ]);
    expect(settled.next).toEqual({ kind: "done" });
  });

  it("tries again for the recipient that was put off, and for it alone", () => {
    const settled = settleAnswer(
      mail,
      {
        recipients: [reply({ accepted: true, reply: 250 }), reply({ reply: 451, temporary: true })],
        reply: 250,
        answer: "250",
      },
      context,
    );
    expect(settled.recipients[0]?.state).toBe("accepted");
    expect(settled.recipients[1]).not.toHaveProperty("state");
    expect(settled.next).toEqual({ kind: "retry", dueAt: 9_000 });
  });

  it("gives up a recipient that is put off beyond the age limit", () => {
    const settled = settleAnswer(
      mail,
      {
        recipients: [reply({ reply: 451, temporary: true }), reply({ reply: 451, temporary: true })],
        reply: 451,
        answer: "451",
      },
      { ...context, now: 200_000 },
    );
    expect(settled.recipients.map((change) => change.state)).toEqual(["failed", "failed"]);
  });
});

describe("a failed hand-over", () => {
  it("before the final dot is a plain retry", () => {
    const settled = settleFailure(mail, failure({ stage: "content" }), context);
    expect(settled.next).toEqual({ kind: "retry", dueAt: 9_000 });
    expect(settled.events.map((event) => event.event)).toEqual(["deferred", "deferred"]);
  });

  it("after the final dot is unknown, and never retried by itself", () => {
    const settled = settleFailure(
      mail,
      failure({ stage: "final-dot", verdict: "unknown" }, "delivery_unknown"),
      context,
    );
    expect(settled.next).toEqual({ kind: "doubt" });
    expect(settled.recipients.map((change) => change.state)).toEqual(["unknown", "unknown"]);
  });

  it("stays unknown after the age limit: too old is not a reason to call it failed", () => {
    expect(settleFailure(mail, failure({ verdict: "unknown" }), { ...context, now: 10_000_000 }).next).toEqual({
      kind: "doubt",
    });
  });

  it("that is permanent for this mail fails it", () => {
    expect(settleFailure(mail, failure({ verdict: "permanent" }, "smtp_permanent"), context).recipients[0]?.state).toBe(
      "failed",
    );
  });

  it("that is permanent for the session keeps the mail queued: a refused certificate is not the mail's fault", () => {
    const settled = settleFailure(mail, failure({ verdict: "permanent", systemic: true }, "auth_refused"), context);
    expect(settled.next.kind).toBe("retry");
    expect(settled.events[0]?.error).toMatchObject({ code: "auth_refused", retryable: false });
  });

  it("that waiting does not mend says so, whatever its verdict, and keeps the mail queued", () => {
    const wrong = withTransportFailure(new MedimailError("certificate_invalid", "x", { retryable: false }), {
      stage: "starttls",
      verdict: "temporary",
      systemic: true,
    });
    const settled = settleFailure(mail, wrong, context);
    expect(settled.next.kind).toBe("retry");
    expect(settled.recipients[0]).toMatchObject({ error: { code: "certificate_invalid", retryable: false } });
    expect(settled.events[0]).toMatchObject({ event: "deferred", error: { retryable: false } });
  });

  it("that was only stopped is tried again: the session is not at fault", () => {
    const stopped = withTransportFailure(new MedimailError("aborted", "x"), {
      stage: "connect",
      verdict: "temporary",
      systemic: false,
    });
    expect(settleFailure(mail, stopped, context).events[0]?.error).toMatchObject({ retryable: true });
  });

  it("ends as attempts_exhausted beyond the age limit", () => {
    expect(settleFailure(mail, failure({}), { ...context, now: 200_000 }).recipients[0]).toMatchObject({
      state: "failed",
      error: { code: "attempts_exhausted" },
    });
  });

  it("writes a trace with the server's answer (ECO.4.1.2)", () => {
    expect(settleFailure(mail, failure({ answer: "451 4.3.0 try later" }), context).traces).toMatchObject([
      { action: "send", answer: "451 4.3.0 try later", ok: false },
    ]);
  });

  it("traces a deletion as such (ECO.4.1.1)", () => {
    expect(settleRecovered({ ...mail, action: "delete" }, context).traces[0]?.action).toBe("delete-document");
  });
});
