import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MockMedimail } from "../../src/mock/index.js";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";
import { DOCTOR, received } from "./received.js";

const folder = temporaryFolder();
const files = writeDocuments(folder);
let mock: MockMedimail;
let doctor: string;

beforeAll(async () => {
  ({ mock, doctor } = await received(folder, files));
  // The same mail's documents once more, in a mail of its own.
  const raw = mock.mailbox(DOCTOR).folder("INBOX")?.messages[0]?.raw;
  mock
    .mailbox(DOCTOR)
    .deliver(
      Buffer.from(
        (raw?.toString("latin1") ?? "").replace(/^Message-ID: <[^>]*>/im, "Message-ID: <encore@ch-exemple.mssante.fr>"),
        "latin1",
      ),
    );
});
afterAll(() => mock.close());

const mailbox = (...words: string[]) => cli("mailbox", ...words, "--config", doctor);
interface Line {
  uid: number;
  xdm: { patient: { name: string; agreement: string }; documents: Record<string, string>[]; problems: unknown[] };
}
const DOCUMENT = {
  title: expect.any(String),
  typeCode: expect.any(String),
  creationTime: expect.stringMatching(/^\d{14}$/),
  action: "create",
};

describe("mailbox list --open", () => {
  it("prints title, type, date and patient of the documents of each mail (MSS/va1.25), newest first, the later of two being the duplicate, and says the same again", async () => {
    for (let time = 0; time < 2; time += 1) {
      const result = await mailbox("list", "--open", "--json");
      expect(result.code).toBe(0);
      const lines = result.lines<Line>();
      expect(lines.map(({ uid }) => uid)).toEqual([2, 1]);
      expect(lines.map(({ xdm }) => xdm.documents)).toEqual([
        [{ ...DOCUMENT, seen: "duplicate" }],
        [{ ...DOCUMENT, seen: "new" }],
      ]);
      expect(lines[0]?.xdm.problems).toEqual([]);
      expect(lines[0]?.xdm.patient).toMatchObject({ name: "INVENTEE CAMILLE", agreement: "agree" });
    }
  });
});

describe("mailbox show", () => {
  it("prints a message with its documents and its text, and marks nothing as read", async () => {
    const result = await mailbox("show", "1", "--json");
    expect(result.code).toBe(0);
    expect(result.value()).toMatchObject({
      uid: 1,
      subject: expect.not.stringContaining("DDM"),
      hasXdm: true,
      xdm: {
        patient: { name: expect.stringMatching(/\S/), agreement: "agree" },
        documents: [{ ...DOCUMENT, seen: "new" }],
        problems: [],
      },
      body: { text: expect.stringMatching(/\S/), blocked: [], truncated: false },
    });
    expect((await mailbox("list", "--json")).lines<{ flags: string[] }>()[0]?.flags).not.toContain("\\Seen");
  });

  it("speaks French, or English when asked", async () => {
    const french = await mailbox("show", "2");
    expect(french.out).toContain("doublon");
    expect(french.out).toContain("identités concordantes");
    expect((await mailbox("show", "2", "--lang", "en")).out).toContain("duplicate");
  });

  it("shows a broken mail and answers 1", async () => {
    const { uid } = mock
      .mailbox(DOCTOR)
      .deliver('Subject: x\r\nContent-Type: application/zip; name="IHE_XDM.ZIP"\r\n\r\nbroken\r\n');
    const result = await mailbox("show", String(uid), "--json");
    expect(result.code).toBe(1);
    expect(result.value()).toMatchObject({
      uid,
      xdm: { patient: null, documents: [], problems: [{ code: "archive_invalid" }] },
    });
  });

  it("refuses what is no number, and a number that no mail has", async () => {
    expect((await mailbox("show", "x", "--json")).code).toBe(2);
    const absent = await mailbox("show", "99", "--json");
    expect(absent.code).toBe(1);
    expect(absent.value<{ error: { code: string } }>().error.code).toBe("mail_not_found");
  });
});
