import { describe, expect, it } from "vitest";
import { inspectCda, readCda, wrapPdf } from "../../src/cda/index.js";
import { isMedimailError } from "../../src/errors.js";
import { cdaOf, headerOf, pdfOf } from "../tools/documents.js";
import { cda } from "./fixtures.js";

/** A generator of numbers that begins the same each time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SAMPLES = [
  cda(),
  cdaOf(1),
  Buffer.from(`\ufeff${cda().toString()}`),
  Buffer.from(Buffer.from(cda()).toString(), "utf16le"),
];
const CODES = ["xml_invalid", "xml_limit_exceeded", "xml_dtd_refused", "cda_invalid"];

/** Reads, asks for everything, and returns the code of the refusal, if any. */
function outcome(bytes: Uint8Array): string {
  try {
    const read = readCda(bytes);
    inspectCda(read);
    read.encapsulated();
    return "read";
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    return error.code;
  }
}

describe("a damaged document gives a result or a MedimailError, whatever the damage", () => {
  it("cut anywhere: never read as whole", () => {
    const whole = cda();
    for (let length = 0; length < whole.length; length += 3)
      expect(CODES).toContain(outcome(whole.subarray(0, length)));
  });

  it("with bits flipped, bytes dropped, doubled or overwritten", () => {
    const pick = chance(20_260_105);
    const seen = new Map<string, number>();
    for (let run = 0; run < 3_000; run++) {
      const bytes = Buffer.from(SAMPLES[run % SAMPLES.length] as Uint8Array);
      let damaged = bytes;
      for (let times = 1 + pick(4); times > 0; times--) {
        const at = pick(damaged.length);
        const kind = pick(4);
        if (kind === 0) damaged[at] = (damaged[at] as number) ^ (1 << pick(8));
        else if (kind === 1) damaged[at] = pick(256);
        else if (kind === 2) damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + 1 + pick(30))]);
        else damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(pick(damaged.length))]);
      }
      const found = outcome(damaged);
      seen.set(found, (seen.get(found) ?? 0) + 1);
      expect(["read", ...CODES]).toContain(found);
    }
    expect(seen.get("read")).toBeGreaterThan(100);
    expect(seen.get("xml_invalid")).toBeGreaterThan(100);
  });

  it("with elements or attributes taken out: read with problems, or refused as CDA", () => {
    const text = Buffer.from(cda({ before: "" })).toString();
    const removable = [...text.matchAll(/<(\w+)[^<>]*\/>|<(\w+)[^<>]*>[^<>]*<\/\2>| \w+="[^"]*"/g)];
    expect(removable.length).toBeGreaterThan(40);
    for (const match of removable) {
      const without = text.slice(0, match.index) + text.slice(match.index + match[0].length);
      expect(["read", "cda_invalid"]).toContain(outcome(Buffer.from(without)));
    }
  });
});

describe("hostile documents are refused or read in little time", () => {
  const within = (ms: number, bytes: Uint8Array): string => {
    const start = process.cpuUsage().user;
    const found = outcome(bytes);
    expect((process.cpuUsage().user - start) / 1000).toBeLessThan(ms);
    return found;
  };

  it("a million spaces in a text", () => {
    const title = `<title>a${" ".repeat(1_000_000)}b${" \n".repeat(500_000)}</title>`;
    expect(within(2_000, cda({ title }))).toBe("read");
  });

  it("an address of a hundred thousand parts", () => {
    const patientContacts = `<addr>${"<city>x</city>".repeat(100_000)}</addr>`;
    expect(within(4_000, cda({ patientContacts }))).toBe("read");
  });

  it("elements nested without end, billions of laughs, a million attributes", () => {
    expect(within(2_000, cda({ title: "<a>".repeat(1_000_000) }))).toBe("xml_limit_exceeded");
    expect(
      within(2_000, cda({ title: `<a${Array.from({ length: 300_000 }, (_, i) => ` a${i}=""`).join("")}/>` })),
    ).toBe("xml_limit_exceeded");
    const before = `<!DOCTYPE a [<!ENTITY a "x">${Array.from({ length: 50 }, (_, i) => `<!ENTITY a${i} "&a;&a;">`).join("")}]>`;
    expect(within(2_000, cda({ before }))).toBe("xml_dtd_refused");
  });
});

describe("wrapping is never given a header that it writes badly", () => {
  it("for any single value replaced by hostile text: refused, or read back as it was", () => {
    const hostile = [
      `"/><x a="`,
      "</title><script>",
      "]]>",
      "&amp;",
      "<!--",
      "\u0000",
      "\r\n",
      "a".repeat(70_000),
      "__proto__",
    ];
    const header = JSON.parse(JSON.stringify(headerOf({ id: "1.2.3" })));
    const visit = (node: unknown, replace: (value: unknown) => void): void => {
      if (typeof node === "string" || typeof node === "number") replace(node);
      else if (typeof node === "object" && node !== null) {
        for (const key of Object.keys(node)) {
          const holder = node as Record<string, unknown>;
          visit(holder[key], (value) => {
            for (const text of hostile) {
              holder[key] = text;
              try {
                const { header: read } = readCda(wrapPdf(pdfOf(60), header));
                expect(JSON.stringify(read)).toContain(JSON.stringify(text).slice(1, -1));
                expect(read.id.length).toBeGreaterThan(0);
              } catch (error) {
                if (!isMedimailError(error)) throw error;
                expect(error.code).toBe("cda_header_invalid");
              }
            }
            holder[key] = value;
          });
        }
      }
    };
    visit(header, () => {});
  });
});
