import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { composeDsn, composeKo, composeMails, composeMdn, parseReceipt } from "../../src/message/index.js";
import type { MdnInput } from "../../src/message/types.js";
import { ARCHIVE, input } from "./fixtures.js";

const composed = composeMails(input({ subjectExtra: "été" }));
const original = Buffer.concat(
  [composed.mails[0]?.head ?? "", composed.bodies[0] ?? ""].map((part) => Buffer.from(part)),
);
const base = {
  from: { address: "cabinet@medecin.mssante.fr", label: "Cabinet médical" },
  to: "labo@chu-exemple.mssante.fr",
  messageId: "r1@medecin.mssante.fr",
  date: new Date("2024-01-05T08:00:00Z"),
  original,
};
const mdnInput: MdnInput = {
  ...base,
  finalRecipient: "dr.martin@medecin.mssante.fr",
  disposition: "displayed",
  automatic: false,
  nil: "AUTRE001",
};

function asciiLines(raw: Uint8Array): void {
  const text = Buffer.from(raw).toString("latin1");
  expect(text).toMatch(/^[\x00-\x7f]*$/);
  expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
}

describe("composed MDN (in-mdn)", () => {
  it("is text, notification and the whole original, which comes back byte for byte", async () => {
    const raw = composeMdn(mdnInput);
    asciiLines(raw);
    const parsed = await PostalMime.parse(raw, { forceRfc822Attachments: true });
    expect(parsed.headers.find(({ key }) => key === "content-type")?.value).toMatch(
      /^multipart\/report;.*report-type=disposition-notification/,
    );
    expect(parsed.attachments.map(({ mimeType }) => mimeType)).toEqual([
      "message/disposition-notification",
      "message/rfc822",
    ]);
    expect(Buffer.from(raw).includes(original)).toBe(true);
  });

  it("is read back by the receipt reader, and carries X-MSS-NIL (ECO.2.4.3) and the chain", async () => {
    const raw = composeMdn({ ...mdnInput, originalRecipient: "martin@medecin.mssante.fr" });
    expect(await parseReceipt(raw)).toEqual({
      kind: "mdn",
      messageId: "r1@medecin.mssante.fr",
      date: "2024-01-05T08:00:00.000Z",
      originalMessageId: "m1@chu-exemple.mssante.fr",
      originalRecipient: "martin@medecin.mssante.fr",
      finalRecipient: "dr.martin@medecin.mssante.fr",
      automatic: false,
      disposition: "displayed",
    });
    const parsed = await simpleParser(Buffer.from(raw));
    expect(parsed.headers.get("x-mss-nil")).toBe("AUTRE001");
    expect(parsed.inReplyTo).toBe("<m1@chu-exemple.mssante.fr>");
  });

  it.each([false, true])(
    "tells a refusal in both forms (old form: %s), with the subject of a failure",
    async (legacyError) => {
      const raw = composeMdn({
        ...mdnInput,
        automatic: true,
        disposition: "processed",
        error: { code: "901" },
        legacyError,
      });
      asciiLines(raw);
      expect(await parseReceipt(raw)).toMatchObject({
        kind: "mdn",
        automatic: true,
        disposition: "processed",
        error: { code: "901", label: "Auteur non autorisé" },
      });
      expect((await PostalMime.parse(raw)).subject).toBe(`[KO Intégration système !][901] ${composed.subject}`);
    },
  );

  it("writes the new form as processed/error and a field of its own", () => {
    const text = Buffer.from(
      composeMdn({ ...mdnInput, automatic: true, disposition: "processed", error: { code: "902" } }),
    ).toString("latin1");
    expect(text).toMatch(/\r\nDisposition: automatic-action\/MDN-sent-automatically;\s+processed\/error\r\n/);
    expect(text).toContain("\r\nError: 902^Patient inconnu\r\n");
  });

  it("says nothing of the patient in the subject of a reading", async () => {
    expect((await PostalMime.parse(composeMdn(mdnInput))).subject).toBe("Accusé de lecture");
  });

  it("has the subject of the documents where they were filed, as in-mdn wants it, and of no other mail", async () => {
    const filed = { ...mdnInput, automatic: true, disposition: "processed" as const };
    const subjectOf = async (input: typeof filed) => (await PostalMime.parse(composeMdn(input))).subject;
    expect(await subjectOf(filed)).toBe(composed.subject);
    const free = Buffer.from("Subject: Bonjour LEROY\r\nMessage-ID: <f@x.fr>\r\n\r\nx");
    expect(await subjectOf({ ...filed, original: free })).toBe("Accusé de lecture");
  });

  it("keeps a hostile original from breaking out of its part, or injecting by its subject", async () => {
    const hostile = Buffer.from(
      'Subject: =?UTF-8?Q?x=0D=0ABcc:_evil@evil.fr?=\nMessage-ID: <h@x.fr>\rContent-Type: multipart/mixed; boundary="B"\n\n--B--\n',
    );
    const raw = composeMdn({ ...mdnInput, original: hostile, error: { code: "906" } });
    asciiLines(raw);
    const head = Buffer.from(raw).toString("latin1").split("\r\n\r\n")[0];
    expect(head).not.toMatch(/^Bcc:/m);
    expect(await parseReceipt(raw)).toMatchObject({ kind: "mdn", error: { code: "906" } });
  });

  it("refuses a control in any field", () => {
    const cases: [string, Partial<MdnInput>][] = [
      ["to", { to: "a@x.fr\r\n" }],
      ["finalRecipient", { finalRecipient: "a@x.fr\n" }],
      ["originalRecipient", { originalRecipient: "a@x.fr\r" }],
      ["messageId", { messageId: "a@b\r\n" }],
      ["originalMessageId", { originalMessageId: "a@b\r\n" }],
      ["error.label", { error: { code: "906", label: "x\r\ny" } }],
      ["nil", { nil: "\n" }],
    ];
    for (const [path, changes] of cases)
      expect(() => composeMdn({ ...mdnInput, ...changes }), path).toThrow(
        expect.objectContaining({ code: "header_injection", path }),
      );
  });
});

describe("composed DSN", () => {
  const recipients = [
    { address: "a@x.mssante.fr", action: "delivered" as const, status: "2.0.0" },
    {
      address: "b@x.mssante.fr",
      originalRecipient: "B@x.mssante.fr",
      action: "failed" as const,
      status: "5.1.1",
      diagnostic: "550 5.1.1 boîte inconnue",
    },
  ];

  it("is read back with its recipients, its envelope id and its original", async () => {
    const raw = composeDsn({ ...base, reportingMta: "mx.x.mssante.fr", envelopeId: "e-1", recipients });
    asciiLines(raw);
    expect(await parseReceipt(raw)).toMatchObject({
      kind: "dsn",
      envelopeId: "e-1",
      originalMessageId: "m1@chu-exemple.mssante.fr",
      recipients,
    });
  });

  it("returns the header alone by default, and the whole mail on demand", async () => {
    const of = (ret: "HDRS" | "FULL") => composeDsn({ ...base, reportingMta: "mx", ret, recipients });
    const headers = await PostalMime.parse(of("HDRS"), { forceRfc822Attachments: true });
    expect(headers.attachments[1]?.mimeType).toBe("text/rfc822-headers");
    expect(Buffer.from(of("HDRS")).toString("latin1")).not.toContain("IHE_XDM.ZIP");
    const full = await PostalMime.parse(of("FULL"), { forceRfc822Attachments: true });
    expect(full.attachments[1]?.mimeType).toBe("message/rfc822");
    expect(await parseReceipt(of("FULL"))).toMatchObject({ originalMessageId: "m1@chu-exemple.mssante.fr" });
  });
});

describe("composed failure mail (in-std)", () => {
  it("has the original nested, the attachments repeated, and is read back", async () => {
    const raw = composeKo({
      ...base,
      error: { code: "903" },
      attachments: [{ name: "IHE_XDM.ZIP", mimeType: "application/zip", content: ARCHIVE }],
    });
    asciiLines(raw);
    const parsed = await PostalMime.parse(raw, { forceRfc822Attachments: true });
    expect(parsed.attachments.map(({ mimeType }) => mimeType)).toEqual(["message/rfc822", "application/zip"]);
    expect(Buffer.from(parsed.attachments[1]?.content as ArrayBuffer)).toEqual(ARCHIVE);
    expect(await parseReceipt(raw)).toMatchObject({
      kind: "ko",
      from: "cabinet@medecin.mssante.fr",
      originalMessageId: "m1@chu-exemple.mssante.fr",
      error: { code: "903", label: "INS absent du document" },
    });
  });
});
