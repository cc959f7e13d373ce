import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { nestedFiles } from "../../src/mailbox/nested.js";
import { openMail } from "../../src/mailbox/open.js";
import { threadOf } from "../../src/mailbox/thread.js";
import type { ImapSummary } from "../../src/transport/imap/index.js";
import { cdaOf } from "../tools/documents.js";
import { makeZip } from "../xdm/zip-maker.js";

interface Attached {
  name: string;
  mimeType: string;
  content: Buffer;
}

const summary = (more: Partial<ImapSummary> = {}): ImapSummary => ({
  uid: 1,
  path: "INBOX",
  uidValidity: "1",
  flags: [],
  size: 1,
  subject: "Essai",
  from: [],
  to: [],
  cc: [],
  mimeType: "multipart/mixed",
  parts: [],
  header: Buffer.alloc(0),
  ...more,
});

/** A mail with these attachments, opened without a server. */
function opened(files: readonly Attached[]) {
  const imap = {
    async *part({ part }: { part?: string }) {
      yield files[Number(part) - 1]?.content ?? Buffer.alloc(0);
    },
  };
  const inbox = { related: async () => [], remember: async () => {} };
  const parts = files.map(({ name, mimeType, content }, index) => ({
    part: String(index + 1),
    name,
    mimeType,
    encodedSize: content.length,
    encoding: "8bit",
  }));
  return openMail({ imap, inbox: inbox as never, scope: {} as never, now: 0 }, summary({ parts }));
}

const METADATA = `<a><ExtrinsicObject><Slot name="URI"><ValueList><Value>D.BIN</Value></ValueList></Slot></ExtrinsicObject></a>`;

describe("a mail that is built to exhaust the reader", () => {
  it("with archives that are each small: what they become together has the limit of one", async () => {
    const large = Buffer.alloc(30_000_000, "0123456789");
    // Some noise, so that no ratio gives it away.
    for (let at = 0; at < large.length; at += 250) large.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
    const content = makeZip([
      { name: "IHE_XDM/S/METADATA.XML", content: METADATA, method: 0 },
      { name: "IHE_XDM/S/D.BIN", content: large, packed: deflateRawSync(large, { level: 1 }) },
    ]);
    const archive = { name: "IHE_XDM.ZIP", mimeType: "application/zip", content };
    const { documents, problems } = await opened(Array.from({ length: 9 }, () => archive));
    expect(documents.length).toBe(6);
    expect(problems.filter(({ code }) => code === "archive_limit_exceeded")).toHaveLength(3);
  });

  it("with a document of more faults than a call takes arguments", async () => {
    const author = '<author><time value="x"/><assignedAuthor/></author>';
    const xml = Buffer.from(cdaOf())
      .toString("utf8")
      .replace("<custodian>", `${author.repeat(130_000)}<custodian>`);
    const content = Buffer.from(xml);
    const { documents, problems } = await opened([{ name: "a.xml", mimeType: "text/x-cda-r2+xml", content }]);
    expect(documents).toHaveLength(1);
    expect(problems).toHaveLength(200);
  });
});

describe("a mail within a mail", () => {
  it("of two hundred thousand line ends is read in little time, and whole", async () => {
    const start = process.cpuUsage();
    const raw = Buffer.from(`Content-Disposition: attachment\r\n\r\na${"\r\n".repeat(200_000)}b`);
    const { files } = await nestedFiles(raw);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1_500);
    expect(Buffer.from(files[0]?.content ?? []).toString()).toBe(`a${"\n".repeat(200_000)}b\n`);
  });

  it("of lines without number is refused", async () => {
    await expect(nestedFiles(Buffer.alloc(2_100_000, "\n"))).rejects.toMatchObject({ code: "mail_invalid" });
  });
});

describe("the thread of a mail", () => {
  it("ends where a server finds without end what is none of it", async () => {
    let pages = 0;
    const imap = {
      async *search() {
        for (;;) {
          pages += 1;
          yield [summary({ uid: pages, messageId: `<${pages}@autre.fr>` })];
        }
      },
    };
    const mails = await threadOf(imap, summary({ messageId: "<a@b.fr>" }), ["INBOX"], undefined);
    expect(mails).toHaveLength(1);
    expect(pages).toBeLessThan(100);
  });
});
