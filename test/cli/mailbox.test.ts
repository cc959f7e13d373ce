import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MockMedimail } from "../../src/mock/index.js";
import { writeDocuments } from "./documents.js";
import { cli, temporaryFolder } from "./harness.js";
import { DOCTOR, LABO, received } from "./received.js";

const folder = temporaryFolder();
const files = writeDocuments(folder);
let mock: MockMedimail;
let doctor: string;

beforeAll(async () => {
  ({ mock, doctor } = await received(folder, files));
});
afterAll(() => mock.close());

const mailbox = (...words: string[]) => cli("mailbox", ...words, "--config", doctor, "--json");
interface Line {
  uid: number;
  attachments: { name: string }[];
}

describe("mailbox list", () => {
  it("prints one message a line, in the shape of the contract", async () => {
    const result = await mailbox("list");
    expect(result.code).toBe(0);
    expect(result.lines()).toEqual([
      {
        uid: expect.any(Number),
        folder: "INBOX",
        messageId: expect.stringMatching(/^[^<>]+@[^<>]+$/),
        references: [],
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        from: { name: expect.any(String), address: LABO },
        to: [{ name: expect.any(String), address: DOCTOR }],
        cc: [],
        subject: expect.not.stringContaining("XDM/1.0/DDM+"),
        rawSubject: expect.stringMatching(/^XDM\/1\.0\/DDM\+/),
        flags: expect.any(Array),
        size: expect.any(Number),
        kind: "professional",
        attachments: expect.arrayContaining([
          { part: expect.any(String), name: "IHE_XDM.ZIP", mimeType: "application/zip", size: expect.any(Number) },
        ]),
        hasXdm: true,
      },
    ]);
  });

  it("prints nothing of an empty folder, and names a folder that is not there", async () => {
    expect(await mailbox("list", "--folder", "sent")).toMatchObject({ code: 0, out: "" });
    const absent = await mailbox("list", "--folder", "Nowhere");
    expect(absent.code).toBe(1);
    expect(absent.value<{ error: { code: string; hint: string } }>().error).toMatchObject({
      code: "imap_failed",
      hint: expect.stringContaining("medimail mailbox folders"),
    });
  });
});

describe("mailbox folders", () => {
  it("prints the folders with roles and counts", async () => {
    const result = await mailbox("folders");
    expect(result.value<{ role?: string; messages?: number }[]>().find(({ role }) => role === "inbox")).toMatchObject({
      path: "INBOX",
      messages: 1,
    });
  });
});

describe("mailbox search", () => {
  it("prints what the server finds, in the shape of the list", async () => {
    const [listed] = (await mailbox("list")).lines();
    expect((await mailbox("search", "--from", "labo", "--all-folders")).lines()).toEqual([listed]);
    expect(await mailbox("search", "no such word", "--limit", "5")).toMatchObject({ code: 0, out: "" });
  });

  it("refuses a search for nothing, and what is no day: exit 2", async () => {
    expect((await mailbox("search")).code).toBe(2);
    expect((await mailbox("search", "--since", "yesterday")).code).toBe(2);
  });
});

describe("mailbox save", () => {
  it("writes the attachments as they are, and with --open the documents of the archive", async () => {
    const [mail] = (await mailbox("list")).lines<Line>();
    const out = join(folder, "saved");
    const result = await mailbox("save", String(mail?.uid), "--out", out, "--open");
    expect(result.code).toBe(0);
    const written = result.value<string[]>();
    for (const path of written) expect(existsSync(path)).toBe(true);
    for (const { name } of mail?.attachments ?? []) expect(written).toContain(join(out, name));
    const cda = readFileSync(files.cda);
    expect(written.some((path) => /\.xml$/i.test(path) && readFileSync(path).equals(cda))).toBe(true);
  });

  it("says that there is no such mail: exit 1", async () => {
    const result = await mailbox("save", "4000", "--out", join(folder, "nothing"));
    expect([result.code, result.value<{ error: { code: string } }>().error.code]).toEqual([1, "mail_not_found"]);
  });

  it("refuses what is no UID: exit 2", async () => {
    expect((await mailbox("save", "1;2", "--out", folder)).code).toBe(2);
  });
});
