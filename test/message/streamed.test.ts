import { describe, expect, it } from "vitest";
import { composeKo, composeMails, composeMdn, koFrame, mdnFrame, originalPieces } from "../../src/message/index.js";
import { base64Lines, base64Pieces } from "../../src/message/mime.js";
import { seededRandom } from "../../src/seams/index.js";

const random = seededRandom(4);
const some = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random.fraction() * 256)));

async function* cut(bytes: Uint8Array, most: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + Math.floor(random.fraction() * most);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function joined(parts: readonly (Uint8Array | (() => AsyncIterable<Uint8Array>))[]): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for (const part of parts) for await (const piece of part instanceof Uint8Array ? [part] : part()) all.push(piece);
  return Buffer.concat(all);
}

const mailInput = (files: Parameters<typeof composeMails>[0]["files"]): Parameters<typeof composeMails>[0] => ({
  from: { address: "labo@ch-exemple.mssante.fr", label: "Labo" },
  recipients: [[{ address: "martin@medecin.mssante.fr", kind: "professional" }]],
  documents: [],
  ...(files ? { files } : {}),
  action: "create",
  nil: "LPS-TEST-1",
  software: { name: "Test", version: "1" },
  messageIds: ["m1@ch-exemple.mssante.fr"],
  date: new Date(0),
  subject: "pour avis",
  body: { professional: { text: "Voici." } },
});

describe("what is streamed has the bytes of what is in memory", () => {
  it("as base64, wherever it is cut", async () => {
    for (const length of [0, 1, 56, 57, 58, 113, 114, 1_000, 40_000]) {
      const bytes = some(length);
      for (const most of [1, 60, 10_000]) {
        const got = await joined([() => base64Pieces(cut(bytes, most))]);
        expect(got.equals(base64Lines(bytes)), `${length} ${most}`).toBe(true);
      }
    }
  });

  it("as a mail with files", async () => {
    const [a, b] = [some(70_000), some(3)];
    const held = composeMails(
      mailInput([
        { name: "a.pdf", mimeType: "application/pdf", content: a },
        { name: "é.txt", mimeType: "text/plain", content: b },
      ]),
    );
    const streamed = composeMails(
      mailInput([
        { name: "a.pdf", mimeType: "application/pdf", pieces: () => cut(a, 9_000) },
        { name: "é.txt", mimeType: "text/plain", pieces: () => cut(b, 1) },
      ]),
    );
    expect(held.tail).toEqual([]);
    const whole = await joined([
      streamed.mails[0]?.head as Uint8Array,
      streamed.bodies[0] as Uint8Array,
      ...streamed.tail,
    ]);
    expect(whole.toString("latin1")).toBe(
      (await joined([held.mails[0]?.head as Uint8Array, held.bodies[0] as Uint8Array])).toString("latin1"),
    );
  });

  it("as a mail whose files are long, once for professionals and patient", async () => {
    const content = some(600_000);
    const input = mailInput([{ name: "a.pdf", mimeType: "application/pdf", content }]);
    const { mails, bodies, tail } = composeMails({
      ...input,
      recipients: [...input.recipients, [{ address: "185127512345678@patient.mssante.fr", kind: "patient" }]],
      messageIds: ["m1@ch-exemple.mssante.fr", "m2@ch-exemple.mssante.fr"],
    });
    const tailBytes = await joined(tail);
    expect(tailBytes.length).toBeGreaterThan(content.length);
    for (const { head, body, size } of mails) {
      expect((bodies[body] as Uint8Array).length).toBeLessThan(1_000);
      expect(size).toBe(head.length + (bodies[body] as Uint8Array).length + tailBytes.length);
    }
  });

  it.each([
    ["7bit", "From: a@b.fr\r\nSubject: essai\r\nMessage-ID: <o@b.fr>\r\n\r\nbonjour\r\n"],
    ["8bit, bare line ends", "From: a@b.fr\nSubject: essai\nMessage-ID: <o@b.fr>\n\nd\xe9j\xe0\rvu\n\n\r"],
  ])("as a receipt that returns the original (%s)", async (_what, text) => {
    const original = Buffer.from(text, "latin1");
    const base = {
      from: { address: "app@ch-exemple.mssante.fr" },
      to: "a@b.fr",
      messageId: "r@ch-exemple.mssante.fr",
      date: new Date(0),
    };
    const mdn = {
      ...base,
      finalRecipient: "app@ch-exemple.mssante.fr",
      disposition: "processed" as const,
      automatic: true,
    };
    const ko = { ...base, error: { code: "902" } };
    const files = [{ name: "a.txt", mimeType: "text/plain", content: some(200) }];
    for (const most of [1, 7, 1_000]) {
      const same = async (frame: ReturnType<typeof mdnFrame>, expected: Uint8Array) => {
        const { pieces, eightBit } = originalPieces(() => cut(original, most));
        const middle = await joined([pieces]);
        const got = await joined([frame.head, frame.opening(eightBit()), middle, ...frame.after]);
        // Of the boundary, which in memory is one that the original is seen not to hold.
        const plain = (bytes: Uint8Array) =>
          Buffer.from(bytes)
            .toString("latin1")
            .replace(/=_[0-9a-f]{40}/g, "=_");
        expect(plain(got)).toBe(plain(expected));
      };
      await same(mdnFrame({ ...mdn, header: original }), composeMdn({ ...mdn, original }));
      await same(
        koFrame({
          ...ko,
          header: original,
          attachments: files.map(({ content, ...file }) => ({ ...file, pieces: () => cut(content, 50) })),
        }),
        composeKo({ ...ko, original, attachments: files }),
      );
    }
  });
});
