import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleExtraction, sampleRows } from "../../src/sample/index.js";
import { cli, startCli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const text = join(folder, "Extraction_Correspondance_MSSante_202611280405.txt");
const index = join(folder, "annuaire.db");
const LINES = 1_500;

interface Line {
  address: string;
  type: string;
  name: string;
  rpps?: string;
  source: string;
  asOf: string;
}

beforeAll(() => {
  writeFileSync(text, [...sampleExtraction({ lines: LINES, seed: 5 })].join(""));
});

describe("directory import", () => {
  it("imports without a configuration, and says what it did", async () => {
    const { code, value, err } = await cli("directory", "import", text, "--index", index, "--json");
    expect([code, err]).toEqual([0, ""]);
    expect(value()).toMatchObject({ index, source: "extraction", asOf: "2026-11-28T03:05:00.000Z", lines: LINES });
  });

  it("takes the index of the configuration, relative to its file (directory.index)", async () => {
    const config = join(folder, "medimail.json");
    writeFileSync(
      config,
      JSON.stringify({
        mailbox: { address: "labo@chu-exemple.mssante.fr", type: "APP" },
        operator: "discover",
        trust: { whiteList: "off" },
        auth: { method: "certificate", p12: "client.p12", passphrase: { env: "P12" } },
        software: { name: "LabSoft", version: "1", nil: "LABSOFT001" },
        sender: { label: "Laboratoire" },
        directory: { index: "of-config.db" },
      }),
    );
    expect((await cli("directory", "import", text, "--config", config)).code).toBe(0);
    expect(existsSync(join(folder, "of-config.db"))).toBe(true);
    expect((await cli("directory", "search", "marie", "--config", config, "--json")).lines().length).toBeGreaterThan(0);
  });

  it("shows a person its progress on stderr only", async () => {
    const { err, out } = await startCli(["directory", "import", text, "--index", join(folder, "tty.db")], { tty: true })
      .result;
    expect(err).toContain("Construction de l'index");
    expect(out).not.toContain("\r");
  });

  it("interrupted it is exit 130, leaves the index as it was, and goes on when told again", async () => {
    const before = readFileSync(index);
    const long = join(folder, "long.txt");
    writeFileSync(long, [...sampleExtraction({ lines: 6_000, seed: 5 })].join(""));
    const run = startCli(["directory", "import", long, "--index", index, "--force", "--json"]);
    // The first list of lines is read after this turn.
    await new Promise((resolve) => setImmediate(resolve));
    run.interrupt();
    const { code, value } = await run.result;
    expect(code).toBe(130);
    expect(value<{ error: { code: string } }>().error.code).toBe("aborted");
    expect(readFileSync(index).equals(before)).toBe(true);
    const again = await cli("directory", "import", long, "--index", index, "--json");
    expect(again.code).toBe(0);
    expect(again.value<{ lines: number }>().lines).toBe(6_000);
    await cli("directory", "import", text, "--index", index, "--force");
  });

  it.each([
    ["no file", ["directory", "import", join(folder, "none.txt")], 2, "file_not_found"],
    ["no argument", ["directory", "import"], 2, "usage_invalid"],
  ])("%s is exit 2", async (_, argv, exit, code) => {
    const result = await cli(...argv, "--json");
    expect(result.code).toBe(exit);
    expect(result.value<{ error: { code: string } }>().error.code).toBe(code);
  });

  it("a file that is no extraction is exit 1", async () => {
    const other = join(folder, "other.txt");
    writeFileSync(other, "a|b|c\n1|2|3\n");
    const { code, value } = await cli("directory", "import", other, "--index", index, "--json");
    expect(code).toBe(1);
    expect(value<{ error: { code: string } }>().error.code).toBe("directory_file_invalid");
  });
});

describe("directory search", () => {
  const row = [...sampleRows({ lines: LINES, seed: 5 })].find(([type]) => type === "PER") ?? [];
  const [, address = "", , rpps = ""] = row;

  it("prints entries of the shape of CLI.md, one a line", async () => {
    const { code, lines } = await cli("directory", "search", row[10] ?? "", row[9] ?? "", "--index", index, "--json");
    expect(code).toBe(0);
    const [first] = lines<Line>();
    expect(first).toMatchObject({ address, type: "PER", rpps, source: "extraction", asOf: "2026-11-28T03:05:00.000Z" });
    const known = "address type name rpps structure profession specialty city paperless source asOf".split(" ");
    for (const line of lines()) expect(Object.keys(line).filter((key) => !known.includes(key))).toEqual([]);
    for (const key of ["structure", "profession", "city"])
      expect(typeof lines<Record<string, unknown>>()[0]?.[key]).toBe("string");
  });

  it("filters by --rpps, --type, --profession and --city, and keeps to --limit", async () => {
    const of = async (...argv: string[]) =>
      (await cli("directory", "search", ...argv, "--index", index, "--json")).lines<Line>();
    expect(new Set((await of("--rpps", rpps)).map((line) => line.rpps))).toEqual(new Set([rpps]));
    expect(new Set((await of("paris", "--type", "ORG")).map(({ type }) => type))).toEqual(new Set(["ORG"]));
    const nurses = await of("--profession", "infirmière", "--limit", "7");
    expect(nurses).toHaveLength(7);
    expect(nurses.every((line) => (line as unknown as { profession: string }).profession === "Infirmier")).toBe(true);
    expect(await of("--city", row[28] ?? "")).not.toEqual([]);
  });

  it("shows a person the age of the directory on stderr", async () => {
    const { out, err } = await cli("directory", "search", "--rpps", rpps, "--index", index);
    expect(out).toContain(address);
    expect(err).toContain("Annuaire du 2026-11-28");
  });

  it.each([
    ["nothing asked", ["directory", "search"], "usage_invalid"],
    ["no index yet", ["directory", "search", "x", "--index", join(folder, "none.db")], "directory_index_missing"],
    ["another type", ["directory", "search", "x", "--type", "XYZ"], "usage_invalid"],
  ])("%s is exit 2", async (_, argv, code) => {
    const result = await cli(...argv, "--json");
    expect(result.code).toBe(2);
    expect(result.value<{ error: { code: string } }>().error.code).toBe(code);
  });
});

describe("directory delta and sample", () => {
  it("lists what came and went between two imports", async () => {
    const file = join(folder, "delta.db");
    const day = join(folder, "day.txt");
    const lines = [...sampleExtraction({ lines: 400, seed: 9 })];
    writeFileSync(day, lines.join(""));
    await cli("directory", "import", day, "--index", file);
    writeFileSync(day, lines.slice(0, -20).join(""));
    const report = (await cli("directory", "import", day, "--index", file, "--json")).value<{
      delta: { gone: number };
    }>();
    const gone = (await cli("directory", "delta", "--kind", "gone", "--index", file, "--json")).lines<{
      kind: string;
    }>();
    expect(gone).toHaveLength(report.delta.gone);
    expect(gone.length).toBeGreaterThan(10);
  });

  it("writes an extraction that can be imported", async () => {
    const out = join(folder, "sample.txt");
    expect((await cli("directory", "sample", "--lines", "300", "--out", out, "--json")).value()).toMatchObject({
      lines: 300,
    });
    expect((await cli("directory", "import", out, "--index", join(folder, "sample.db"))).code).toBe(0);
  });
});

describe("directory update", () => {
  it("downloads once, and then only what is newer", async () => {
    const bytes = readFileSync(text);
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers["if-none-match"]);
      if (request.headers["if-none-match"] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/extraction`;
    const argv = ["directory", "update", "--url", url, "--index", join(folder, "updated.db"), "--json"];
    try {
      expect((await cli(...argv)).value()).toMatchObject({ changed: true, lines: LINES });
      expect((await cli(...argv)).value()).toMatchObject({ changed: false });
      expect(asked).toEqual([undefined, '"1"']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
