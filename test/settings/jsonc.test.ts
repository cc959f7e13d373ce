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

  it.each([
    ['{"a":1,"a":2}', "a", 1, 8],
    ['{"a":{"b":[0,{"c":1},{"c":1,\n"c":2}]}}', "a.b[2].c", 2, 1],
    ['{"x":{"a":"}"},"y":[{"a":"\\\\"}],"\\u0078":1}', "x", 1, 33],
    ['{"a":1, // {"a"\n "__proto__":1,"__proto__":2}', "__proto__", 2, 16],
    ['[[],{},{"a":[]},{"":1,"":2}]', "[3].", 1, 23],
  ])("%s has a key twice", (text, path, line, column) => {
    expect(parseJsonc(text)).toEqual({ doubled: { path, line, column } });
  });

  it.each([
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '[{"a":1},{"a":2}]',
    '{"a":"a","b":"a,\\"a\\":"}',
    '"a"',
    "[]",
    '{"":[1,2]}',
  ])("%s has none twice", (text) => {
    expect(parseJsonc(text)).toEqual({ value: JSON.parse(text) });
  });

  it("looks through a deep text without recursion", () => {
    const deep = 100_000;
    expect(parseJsonc(`${'{"a":'.repeat(deep)}1${"}".repeat(deep)}`)).toHaveProperty("value");
  });

  it.each(['"\\', '"', "/*", "/", '"\n', '"\\\n', "*/", '"//"'])("a megabyte of %j costs little time", (piece) => {
    const start = process.cpuUsage();
    parseJsonc(`{"a":1}${piece.repeat(1_000_000 / piece.length)}`);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1_000);
  });
});
