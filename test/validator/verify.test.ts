import { X509Certificate } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { startMockMedimail } from "../../src/mock/index.js";
import {
  compareReports,
  type Report,
  readDeclarations,
  readReport,
  signerOf,
  validate,
  verifyFolder,
} from "../../src/validator/index.js";
import { folderFor, smallConnector } from "./kit.js";

const folder = folderFor("verify");
const signed = join(folder, "signed");
let ca: string;
let cert: string;

const DECLARATIONS = {
  connector: { software: "Petit LPS", version: "2.1", nil: "TEST000001" },
  declarations: [
    {
      code: "SC.PSC.14",
      signer: "A. Exemple",
      role: "directrice",
      date: "2026-01-31",
      statement: "Test fait.",
      evidence: ["test.pdf"],
    },
    {
      code: "ECO.4.1.1",
      answer: "not-applicable",
      signer: "A. Exemple",
      date: "2026-01-31",
      statement: "Sans traces.",
    },
  ],
};

beforeAll(async () => {
  await using mock = await startMockMedimail();
  ca = mock.ca;
  const { certificate, key } = await mock.certificate("labo@ch-exemple.mssante.fr");
  cert = certificate;
  writeFileSync(join(folder, "test.pdf"), "%PDF-1.4 invented");
  writeFileSync(join(folder, "declarations.json"), JSON.stringify(DECLARATIONS));
  const declarations = readDeclarations(join(folder, "declarations.json"));
  await validate({
    out: signed,
    profile: "all",
    scenarios: ["envoi-niveau-1"],
    command: smallConnector(folder, "small", { messageId: true, nil: true }),
    declarations,
    declarationsFile: join(folder, "declarations.json"),
    declaredFiles: declarations.files,
    signer: signerOf({ cert: certificate, key }),
  });
}, 120_000);

/** A copy of the folder that the test may touch. */
function copy(name: string): string {
  const to = join(folder, name);
  cpSync(signed, to, { recursive: true });
  return to;
}

const whereOf = async (dir: string) => (await verifyFolder(dir)).problems.map(({ where }) => where);

describe("a folder that is handed over", { timeout: 60_000 }, () => {
  it("is found untouched, judged again to the same verdicts, and signed by whom the certificate says", async () => {
    const verified = await verifyFolder(signed, { ca: [ca] });
    expect(verified.problems).toEqual([]);
    expect([verified.ok, verified.trusted, verified.signedBy?.subject]).toEqual([
      true,
      true,
      expect.stringContaining("labo@ch-exemple.mssante.fr"),
    ]);
  });

  it("does not believe a signer of other authorities", async () => {
    expect((await verifyFolder(signed, { ca: ["no certificate"] })).trusted).toBe(false);
  });

  it("has every file of its own found when it is changed, taken away or added", async () => {
    const names = readdirSync(signed, { recursive: true })
      .map(String)
      .filter((name) => statSync(join(signed, name)).isFile());
    expect(names.length).toBeGreaterThanOrEqual(10);
    for (const name of names) {
      const touched = copy("touched");
      appendFileSync(join(touched, name), name.endsWith(".jsonl") ? "\n" : " ");
      const found = await verifyFolder(touched).then(
        ({ ok }) => ok,
        () => false,
      );
      rmSync(touched, { recursive: true });
      expect([name, found]).toEqual([name, false]);
    }
    const without = copy("without");
    rmSync(join(without, "mails/000001.eml"));
    expect(await whereOf(without)).toContain("mails/000001.eml");
    const more = copy("more");
    writeFileSync(join(more, "mails/000099.eml"), "x");
    expect(await whereOf(more)).toContain("mails/000099.eml");
  });

  it("is found out where a verdict was bettered, the manifest made again and the signature dropped", async () => {
    const forged = copy("forged");
    const report = JSON.parse(readFileSync(join(forged, "report.json"), "utf8")) as Report;
    const results = report.results.map((row) =>
      row.verdict === "not-observed" ? { ...row, verdict: "pass" as const } : row,
    );
    writeFileSync(join(forged, "report.json"), `${JSON.stringify({ ...report, results }, undefined, 2)}\n`);
    rmSync(join(forged, "manifest.p7s"));
    const { ok, problems, signedBy } = await verifyFolder(forged);
    expect([ok, signedBy]).toEqual([false, undefined]);
    expect(problems.filter(({ code }) => code === "verdict-changed").length).toBeGreaterThan(10);
  });

  it("has the name in the signer's certificate found when it is written over, the key being the same", async () => {
    const renamed = copy("renamed");
    const signature = readFileSync(join(renamed, "manifest.p7s"));
    const at = signature.indexOf(new X509Certificate(cert).subject.split("CN=").at(-1)?.split("\n")[0] ?? "?");
    expect(at).toBeGreaterThan(0);
    signature.write("X", at, "latin1");
    writeFileSync(join(renamed, "manifest.p7s"), signature);
    const { ok, signedBy } = await verifyFolder(renamed);
    expect([ok, signedBy]).toEqual([false, undefined]);
  });

  it("has a signature that OpenSSL's cms believes too", async () => {
    const { execFileSync } = await import("node:child_process");
    writeFileSync(join(folder, "ca.pem"), ca);
    const args = [
      "cms",
      "-verify",
      "-inform",
      "DER",
      "-in",
      join(signed, "manifest.p7s"),
      "-content",
      join(signed, "manifest.json"),
    ];
    const out = execFileSync(
      "openssl",
      [...args, "-binary", "-CAfile", join(folder, "ca.pem"), "-purpose", "any", "-out", join(folder, "out.json")],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    expect(out.length).toBe(0);
    expect(readFileSync(join(folder, "out.json"))).toEqual(readFileSync(join(signed, "manifest.json")));
  });

  it("keeps the declarations, with signer, date and the files that they join", () => {
    const { results, attachments, connector } = readReport(signed);
    const declared = results.find(({ code }) => code === "SC.PSC.14");
    expect([declared?.verdict, declared?.evidence[0]]).toEqual([
      "declared",
      { what: "Test fait.", where: "A. Exemple, directrice", at: "2026-01-31" },
    ]);
    expect(results.find(({ code }) => code === "ECO.4.1.1")?.verdict).toBe("not-applicable");
    expect(attachments).toHaveLength(1);
    expect(readFileSync(join(signed, attachments[0]?.kept ?? ""), "utf8")).toBe("%PDF-1.4 invented");
    expect(connector).toMatchObject({ software: "Petit LPS", nil: "TEST000001" });
  });

  it("is refused where it is no folder of a validation", async () => {
    await expect(verifyFolder(folder)).rejects.toMatchObject({ code: "report_invalid" });
    expect(existsSync(join(folder, "report.json"))).toBe(false);
  });
});

describe("two runs", () => {
  it("are compared row by row: what is better, what is worse, whether a mandatory one regressed", () => {
    const before = readReport(signed);
    const worse = {
      ...before,
      results: before.results.map((row) => (row.code === "ECO.2.2.1" ? { ...row, verdict: "fail" as const } : row)),
    };
    expect(compareReports(before, before)).toMatchObject({ changes: [], regressed: false });
    expect(compareReports(before, worse)).toMatchObject({
      changes: [{ code: "ECO.2.2.1", before: "pass", after: "fail", change: "worse" }],
      regressed: true,
    });
    expect(compareReports(worse, before)).toMatchObject({ changes: [{ change: "better" }], regressed: false });
  });
});

describe("a file of declarations", () => {
  const read = (content: unknown) => {
    const path = join(folder, "wrong.json");
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return () => readDeclarations(path);
  };
  const one = (changes: object) => ({
    declarations: [{ code: "SC.PSC.14", signer: "A", date: "2026-01-31", ...changes }],
  });

  it("is refused with the place of what is wrong", () => {
    expect(read("{")).toThrow("not JSON");
    expect(read(one({ code: "NO.SUCH" }))).toThrow("declarations.0.code no requirement of the catalogue has this code");
    expect(read(one({ date: "hier" }))).toThrow("declarations.0.date");
    expect(read(one({ answer: "not-applicable" }))).toThrow("needs a statement");
    expect(read(one({ other: 1 }))).toThrow("declarations.0");
    expect(read(one({ evidence: ["absent.pdf"] }))).toThrow("there is no file");
  });
});
