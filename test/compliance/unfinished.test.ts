import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/compliance/index.js";
import { DOCTOR, delivered, during, freeMail, imap, outcomeOf, type Seen, scenario, smtp } from "./kit.js";

// What the mutants of test/mutants have shown missing.
const outcome = (check: string, played: Scenario, seen: Seen[]) =>
  outcomeOf(check, during(played, seen), { scenarios: [played] });
const send = { action: "send", to: [DOCTOR] };
const open = [
  "S: * OK",
  "C: a STARTTLS",
  "S: a OK",
  "TLS",
  "C: c AUTHENTICATE XOAUTH2 [credential]",
  "AUTH XOAUTH2",
  "S: c OK",
];
const question: Seen = {
  connection: "dns",
  kind: "dns",
  type: "SRV",
  name: "_submission._tcp.ch-exemple.mssante.fr",
  answer: "NOERROR",
  records: 2,
};
const unreachable: Seen[] = [
  { connection: "smtp-dead", kind: "tcp", protocol: "smtp", what: "open", port: 9 },
  { connection: "smtp-dead", kind: "tcp", protocol: "smtp", what: "close", port: 9 },
];

describe("what was asked and never left", () => {
  it("is held against a client that was refused for now, and against no other (retried-after-a-passing-refusal)", async () => {
    const played = scenario(["RFC-5321"], [send]);
    const check = "retried-after-a-passing-refusal";
    expect(await outcome(check, played, smtp([], { faults: ["defer"] }))).toBe("breach");
    expect(await outcome(check, played, [...smtp([], { faults: ["defer"] }), ...smtp([freeMail()])])).toBe("ok");
    expect(await outcome(check, played, smtp([]))).toBe("not-observed");
    expect(await outcomeOf(check, smtp([], { faults: ["defer"] }))).toBe("not-observed");
  });

  it("is held against a client that asks the DNS and reaches no server (next-server-used)", async () => {
    const played = scenario(["RFC-6186"], [send]);
    expect(await outcome("next-server-used", played, [question, ...unreachable])).toBe("breach");
    expect(await outcome("next-server-used", played, [question, ...smtp([freeMail()])])).toBe("ok");
    expect(await outcome("next-server-used", played, unreachable)).toBe("not-observed");
  });

  it("is held against a client that refuses a document and says nothing (refusal-told)", async () => {
    const played = scenario(["in-std"], [{ action: "receipt", disposition: "error", code: "902" }]);
    const come = delivered(freeMail());
    expect(await outcome("refusal-told", played, [come, ...imap(open)])).toBe("breach");
    expect(await outcome("refusal-told", played, [come, ...imap(open), ...smtp([freeMail()])])).toBe("ok");
    expect(await outcome("refusal-told", played, [come])).toBe("not-observed");
  });
});

describe("the mailbox", () => {
  it("names mails by UID (uids-not-numbers)", async () => {
    expect(await outcomeOf("uids-not-numbers", imap([...open, "C: d UID FETCH 4 (FLAGS)"]))).toBe("ok");
    expect(await outcomeOf("uids-not-numbers", imap([...open, "C: d STORE 4 +FLAGS (\\Seen)"]))).toBe("breach");
    expect(await outcomeOf("uids-not-numbers", imap(open))).toBe("not-observed");
    // How UIDs are learnt: a list by numbers that asks for them, and for no content.
    for (const items of ["(UID FLAGS ENVELOPE)", "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (References)])"])
      expect(await outcomeOf("uids-not-numbers", imap([...open, `C: d FETCH 1:9 ${items}`]))).toBe("not-observed");
    for (const items of ["(FLAGS ENVELOPE)", "(UID BODY.PEEK[])", "(UID RFC822)", "(UID BODY[1])", "BODY.PEEK[HEADER]"])
      expect(await outcomeOf("uids-not-numbers", imap([...open, `C: d FETCH 1:9 ${items}`]))).toBe("breach");
  });
});
