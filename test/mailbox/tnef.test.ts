import { describe, expect, it } from "vitest";
import { isTnef, tnefFiles } from "../../src/mailbox/tnef.js";
import { tnefOf } from "./tnef-kit.js";

const FILES = [
  { name: "Compte rendu été.pdf", content: Buffer.from("%PDF-1") },
  { name: "IHE_XDM.ZIP", content: Buffer.from("PK") },
];

describe("winmail.dat", () => {
  it("gives the files by their long names", () => {
    const { files, cut } = tnefFiles(tnefOf(FILES));
    expect(files.map(({ name, content }) => ({ name, content }))).toEqual(FILES);
    expect(cut).toBe(false);
  });

  it("is known by its first bytes", () => {
    expect(isTnef(tnefOf([]))).toBe(true);
    expect(isTnef(Buffer.from("PK"))).toBe(false);
    expect(isTnef(new Uint8Array())).toBe(false);
  });

  it("gives what stands before a cut, at whatever byte, and reads nothing beyond", () => {
    const whole = tnefOf(FILES);
    for (let length = 6; length < whole.length; length += 1) {
      const { files } = tnefFiles(whole.subarray(0, length));
      expect(files.length).toBeLessThanOrEqual(2);
      for (const { content } of files) expect(FILES.map((file) => String(file.content))).toContain(String(content));
    }
  });

  it("ends with any byte turned over", () => {
    const whole = tnefOf(FILES);
    for (let at = 6; at < whole.length; at += 1) {
      for (const value of [0, 0x7f, 0xff]) {
        const broken = Buffer.from(whole);
        broken[at] = value;
        expect(tnefFiles(broken).files.length).toBeLessThan(10);
      }
    }
  });
});
