import { describe, expect, it } from "vitest";
import { documentMail, failing, freeMail, judged, smtp } from "./kit.js";

const nested = (depth: number): string => {
  let body = "Content-Type: text/plain\r\n\r\nfin\r\n";
  for (let level = 0; level < depth; level += 1)
    body = `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n${body}\r\n--b${level}--\r\n`;
  return `From: x <labo@ch-exemple.mssante.fr>\r\nX-MSS-NIL: A\r\n${body}`;
};

describe("hostile mails", () => {
  it.each([
    ["empty", () => ""],
    ["no header", () => "\r\n\r\n"],
    ["two hundred parts within each other", () => nested(200)],
    [
      "ten thousand parts",
      () => freeMail({ "Content-Type": "multipart/mixed; boundary=b" }, "--b\r\n\r\nx\r\n".repeat(10_000)),
    ],
    ["a field of a megabyte", () => freeMail({ Subject: "a".repeat(1_000_000) })],
    ["fifty thousand folded lines", () => freeMail({ Subject: "a\r\n ".repeat(50_000) })],
    ["parameters without end", () => freeMail({ "Content-Type": `multipart/mixed; ${"a=b; ".repeat(50_000)}` })],
    ["parentheses", () => freeMail({ From: "(".repeat(50_000) })],
    ["encoded words", () => freeMail({ Subject: "=?utf-8?Q?".repeat(20_000) })],
    ["a boundary of nothing", () => freeMail({ "Content-Type": 'multipart/mixed; boundary=""' })],
    ["zeros", () => "\0".repeat(100_000)],
  ])("%s: is judged in time, and no check throws", async (_, make) => {
    const started = performance.now();
    const { problems } = await judged(smtp([make()]));
    expect(problems).toEqual([]);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("an archive that is a bomb fails its row alone", async () => {
    const { zipSync } = await import("fflate");
    const archive = () => zipSync({ "IHE_XDM/SUBSET01/METADATA.XML": new Uint8Array(50_000_000) });
    expect(await failing(smtp([await documentMail({ archive })]))).toEqual(["ECO.2.1.1"]);
  });

  it("a check that throws is told as a problem, and is no verdict", async () => {
    const check = {
      id: "broken",
      rows: ["ECO.2.4.3"],
      scope: "mail",
      shows: { fr: "x", en: "x" },
      look: () => {
        throw new TypeError("secret of a patient");
      },
    } as const;
    const { results, problems } = await judged(smtp([freeMail()]), { checks: [check] });
    const row = results.find(({ code }) => code === "ECO.2.4.3");
    expect([row?.verdict, row?.checks[0]?.outcome]).toEqual(["not-observed", "error"]);
    expect(problems).toEqual([{ what: "TypeError", where: "broken" }]);
  });

  it("a mail whose bytes are not there is told, not judged", async () => {
    const { problems, mails } = await judged(smtp([freeMail()]), { mail: () => undefined });
    expect([mails, problems.length]).toEqual([0, 1]);
  });

  it("more connections open at once than are kept: what comes of one later is a part, and is held against nobody", async () => {
    const first = smtp([freeMail()], { id: "smtp-first" });
    const half = first.findIndex((one) => one.kind === "tls") + 1;
    const others = Array.from({ length: 5_001 }, (_, at) => ({
      connection: `imap-${at}`,
      kind: "tcp" as const,
      protocol: "imap" as const,
      what: "open" as const,
      port: 143,
    }));
    const without = first.slice(half).filter((one) => one.kind !== "line" || !/^(EHLO|QUIT)/.test(one.line));
    expect(await failing([...first.slice(0, half), ...others, ...without])).toEqual([]);
    expect(await failing([...first.slice(0, half), ...without])).not.toEqual([]);
  });
});
