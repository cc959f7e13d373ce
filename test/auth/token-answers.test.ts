import { describe, expect, it } from "vitest";
import { createConnector, isMedimailError } from "../../src/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { QUICK } from "../sending/kit.js";
import { cdaOf } from "../tools/documents.js";

const DOCTOR = "martin.dupont@medecin.mssante.fr";
const COLLEAGUE = "claire.morel@medecin.mssante.fr";

/** How servers answer a token that they do not take (interfaces.md §2.2), and one that they take at the second try. */
const ANSWERS = [
  { name: "535, or NO", fault: "token-refused", times: 99, code: "token_refused" },
  { name: "the error as JSON, then the connection cut", fault: "token-refused-drop", times: 99, code: "token_refused" },
  { name: "535, or NO, once", fault: "token-refused", times: 1, code: "ok" },
  { name: "the error as JSON, then the connection cut, once", fault: "token-refused-drop", times: 1, code: "ok" },
] as const;

/** Nothing of a mail or of a mailbox is said to a server that has not let us in. */
const SAID = /^(MAIL|RCPT|DATA|BDAT|\S+ (SELECT|EXAMINE|LIST|FETCH|STATUS|SEARCH|APPEND))\b/i;
const said = (mock: MockMedimail, protocol: "smtp" | "imap"): string[] =>
  mock.observations.flatMap((seen) =>
    seen.kind === "line" && seen.protocol === protocol && seen.from === "client" && SAID.test(seen.line)
      ? [seen.line]
      : [],
  );

describe.each(ANSWERS)("a token answered by $name", ({ fault, times, code }) => {
  it(`over IMAP: ${code}`, async () => {
    await using mock = await startMockMedimail();
    mock.faults.add({ name: fault, at: "imap-auth", times });
    await using connector = createConnector(
      { ...(await mock.config(DOCTOR)), outbox: { store: "memory" } },
      { delivery: "manual" },
    );
    const outcome = await connector.mailbox.folders().then(
      () => "ok",
      (error: unknown) => (isMedimailError(error) ? error.code : String(error)),
    );
    expect(outcome).toBe(code);
    if (code !== "ok") expect(said(mock, "imap")).toEqual([]);
  });

  it(`over SMTP: ${code === "ok" ? "the mail leaves" : "the mail stays queued, and says why"}`, async () => {
    await using mock = await startMockMedimail();
    mock.faults.add({ name: fault, at: "auth", times });
    await using connector = createConnector(
      { ...(await mock.config(DOCTOR)), outbox: { store: "memory" } },
      { ...QUICK, receiptPollMs: 60_000, sentCopies: "none", allowTestIdentities: true },
    );
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf() }], to: [COLLEAGUE] });
    const wanted = code === "ok" ? "accepted" : "deferred";
    for await (const event of submission.events({ signal: AbortSignal.timeout(20_000) }))
      if (event.event === wanted) break;
    const [recipient] = (await submission.status()).recipients;
    if (code === "ok") expect(recipient?.state).not.toBe("queued");
    else {
      expect([recipient?.state, recipient?.error?.code]).toEqual(["queued", code]);
      expect(said(mock, "smtp")).toEqual([]);
    }
  });
});
