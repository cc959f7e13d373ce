import { describe, expect, it } from "vitest";
import { blankComments, parseJsonc } from "../../src/settings/index.js";

describe("JSON with comments", () => {
  it("blanks comments, and nothing in a string", () => {
    const text = '{ // one\n "a": "http://x/*y*/", /* two\n */ "b": "\\"//" }';
    expect(parseJsonc(text)).toEqual({ value: { a: "http://x/*y*/", b: '"//' } });
    expect(blankComments(text)).toHaveLength(text.length);
  });

  it("a comment or a string without end is a fault, at its place", () => {
    expect(parseJsonc('{\n "a": 1 /* x')).toMatchObject({ fault: { line: 2 } });
    expect(parseJsonc('{\n "a": "x\n}')).toHaveProperty("fault");
  });

  it.each(['"\\', '"', "/*", "/", '"\n', '"\\\n', "*/", '"//"'])("a megabyte of %j costs little time", (piece) => {
    const start = process.cpuUsage();
    parseJsonc(`{"a":1}${piece.repeat(1_000_000 / piece.length)}`);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1_000);
  });
});
