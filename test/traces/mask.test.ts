import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_TRACE_TEXT, maskTraceText, traceOf } from "../../src/traces/index.js";

const INS = "299057512300876";

describe("maskTraceText (ECO.4.1.2: never health data)", () => {
  it.each([
    ["an address", `550 5.1.1 <${INS}@patient.mssante.fr>: unknown`, "550 5.1.1 <<patient>>: unknown"],
    ["an address in capitals", `RCPT TO:${INS}@PATIENT.MSSANTE.FR`, "<patient>"],
    ["an address of a test domain", `${INS}@patient.formation.mssante.fr refused`, "<patient> refused"],
    ["a bare INS", `user ${INS} unknown`, "user <ins> unknown"],
    ["an INS without its key", "user 2990575123008 unknown", "user <ins> unknown"],
    ["an INS of Corsica", "user 299052A12300841 unknown", "user <ins> unknown"],
    ["a spaced INS", "user 2 99 05 75 123 008 76 unknown", "user <ins> unknown"],
  ])("masks %s", (_what, given, expected) => {
    expect(maskTraceText(given)).toContain(expected);
  });

  it("leaves professionals, codes and Message-IDs readable", () => {
    const answer =
      "250 2.0.0 Ok: queued as 4XyZ12 for claire.dubreuil@cabinet.mssante.fr 0f8e2c11-5b7a-4e2f-9d11-123456789012";
    expect(maskTraceText(answer)).toBe(answer);
  });

  it("makes one line of what a server sends", () => {
    expect(maskTraceText("550-one\r\n550 two\u0000\u2028three")).toBe("550-one 550 two three");
  });

  it("cuts what is too long, and never through an address", () => {
    const cut = maskTraceText(`${"x".repeat(1_990)} ${INS}@patient.mssante.fr`);
    expect(cut.length).toBeLessThanOrEqual(MAX_TRACE_TEXT);
    const shrunk = maskTraceText(`${`<${INS}@patient.mssante.fr> `.repeat(100)}`);
    expect(shrunk).not.toMatch(/\d{6}/);
  });

  it("lets no patient's address through, whatever is around it", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 700 }), fc.string({ maxLength: 700 }), (before, after) => {
        expect(maskTraceText(`${before}<${INS}@patient.mssante.fr>${after}`)).not.toContain(INS.slice(0, 13));
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it("masks plain ASCII as it masks any other text", () => {
    const piece = fc.constantFrom(
      ...[
        "2",
        "99",
        "0575123",
        "12",
        "A",
        "b",
        " ",
        ".",
        "@",
        "@patient.",
        "@Patient.x",
        "<",
        ">",
        ":",
        "u",
        INS,
        "4Xy",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join("").trim();
        // Letters outside of ASCII have every pattern looked for.
        expect(maskTraceText(`é ${text} é`)).toBe(`é ${maskTraceText(text)} é`);
      }),
      { seed: 12, numRuns: 2_000 },
    );
  });

  it("takes a hostile answer of any size in little time", () => {
    const start = performance.now();
    maskTraceText("a".repeat(2_000_000));
    maskTraceText("1 ".repeat(1_000_000));
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe("traceOf", () => {
  const base = {
    at: Date.parse("2026-11-23T09:00:00Z"),
    tenant: "chu",
    mailbox: "labo@chu.mssante.fr",
    actor: "dr.martin",
    action: "send",
  };
  const request = {
    from: "labo@chu.mssante.fr",
    messageId: "9f86d081884c7d65@chu.mssante.fr",
    recipients: [
      { address: "claire.dubreuil@cabinet.mssante.fr", kind: "professional" as const },
      { address: `${INS}@patient.mssante.fr`, kind: "patient" as const },
    ],
  };

  it("has the author, the local time, the action, the request and the answer, a patient masked", () => {
    expect(traceOf({ ...base, request, answer: "250 2.0.0 Ok", ok: true }, "Europe/Paris")).toEqual({
      at: "2026-11-23T10:00:00.000+01:00",
      tenant: "chu",
      mailbox: "labo@chu.mssante.fr",
      actor: "dr.martin",
      action: "send",
      request:
        "MAIL FROM:<labo@chu.mssante.fr> RCPT TO:<claire.dubreuil@cabinet.mssante.fr> RCPT TO:<patient> Message-ID:<9f86d081884c7d65@chu.mssante.fr>",
      answer: "250 2.0.0 Ok",
      ok: true,
    });
  });

  it("keeps the Message-ID, which joins it to a transcript, however many recipients there are", () => {
    const [one] = request.recipients;
    const many = {
      ...request,
      recipients: Array.from({ length: 100 }, () => one ?? { address: "", kind: "professional" as const }),
    };
    expect(traceOf({ ...base, request: many, answer: "250", ok: true }).request).toMatch(
      /Message-ID:<9f86d081884c7d65@chu\.mssante\.fr>$/,
    );
  });

  it("keeps the server's answer of a failure", () => {
    expect(
      traceOf({ ...base, request, answer: `550 5.1.1 <${INS}@patient.mssante.fr> unknown`, ok: false }),
    ).toMatchObject({
      ok: false,
      answer: "550 5.1.1 <<patient>> unknown",
    });
  });
});
