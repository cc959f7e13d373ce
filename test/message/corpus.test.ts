import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { simpleParser } from "mailparser";
import { expect, it } from "vitest";
import { readCda } from "../../src/cda/index.js";
import { composeMails } from "../../src/message/index.js";
import { describeWithShared } from "../tools/shared.js";
import { input, PDF } from "./fixtures.js";

const SUBJECT = /^XDM\/1\.0\/DDM\+(.{1,40}) (\S[^a-z]*) (\S.*) (\d\d\/\d\d\/\d{4})$/u;

describeWithShared("mails of the official documents", (shared) => {
  const folder = join(shared, "corpus/xdm");
  const archives = readdirSync(folder).filter((name) => name.endsWith(".zip"));

  it("are all there", () => expect(archives.length).toBeGreaterThanOrEqual(44));

  it.each(archives)("carry %s whole, its code and its patient in the headers", async (name) => {
    const zip = readFileSync(join(folder, name));
    const files = Object.entries(unzipSync(zip));
    const find = (end: RegExp) => Buffer.from(files.find(([path]) => end.test(path))?.[1] ?? []);
    const cda = readCda(find(/DOC0001\.XML$/i));
    const level1 = cda.encapsulated();
    const composed = composeMails(input({ documents: [{ cda, ...(level1 ? {} : { pdf: PDF }) }], archive: zip }));
    const [mail] = composed.mails;
    const parsed = await simpleParser(
      Buffer.concat([mail?.head, composed.bodies[0], ...composed.tail].map((part) => Buffer.from(part as Uint8Array))),
    );

    expect(parsed.attachments[0]?.content.equals(zip)).toBe(true);
    expect(parsed.attachments[1]?.content.equals(Buffer.from(level1 ?? PDF))).toBe(true);
    expect(parsed.attachments[1]?.filename).toBe(composed.pdfNames[0]);

    // The published metadata is the oracle: it was not made by our code.
    const metadata = find(/METADATA\.XML$/i).toString("utf8");
    const type = /f0306f51-975f-434e-a61c-c59651d33983"[^>]*nodeRepresentation="([^"]+)"/.exec(metadata)?.[1];
    if (type !== undefined) expect(parsed.headers.get("x-mss-codecda")).toBe(type);
    expect(parsed.headers.get("x-mss-ins")).toBe("O");
    const [, , family, , date] = SUBJECT.exec(parsed.subject ?? "") ?? [];
    expect(parsed.subject).toBe(composed.subject);
    const birth = /PID-7\|(\d{4})(\d\d)(\d\d)/.exec(metadata);
    if (birth) expect(date).toBe(`${birth[3]}/${birth[2]}/${birth[1]}`);
    const registered = /PID-5\|([^^<]+)\^/.exec(metadata)?.[1];
    const plain = registered
      ?.normalize("NFD")
      .replace(/\p{Mark}/gu, "")
      .toUpperCase();
    if (plain !== undefined) expect(parsed.subject?.includes(` ${plain} `), `${family} ${plain}`).toBe(true);
  });
});
