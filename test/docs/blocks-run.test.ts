import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { createConnector, loadConfigFile, type MedimailError } from "../../src/index.js";
import { demoLaboratoryReport, type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { type Block, blocksOf, pages, typescriptOf } from "./blocks.js";

const LABORATORY = "labo@ch-exemple.mssante.fr";
const DOCTOR = "martin.dupont@medecin.mssante.fr";
const AT = "20260105100000+0100";

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "medimail-docs-"));
let mock: MockMedimail;
let configs: Readonly<Record<string, string>>;

const report = (n: number) => demoLaboratoryReport({ id: `2.25.800${n}`, setId: `2.25.80${n}` }, AT);

/** Whoever follows the pages begins with the mock: its configuration as `medimail.json`, and a document of his. */
beforeAll(async () => {
  mock = await startMockMedimail({ dir: folder });
  configs = (await mock.ready()).configs;
  const { cda, pdf } = report(1);
  writeFileSync(join(folder, "report.xml"), cda);
  writeFileSync(join(folder, "compte-rendu.xml"), cda);
  writeFileSync(join(folder, "report.pdf"), pdf);
  await using connector = createConnector(loadConfigFile(configs[LABORATORY] ?? ""));
  const { cda: other } = report(2);
  const sent = await connector.documents.submit({ documents: [{ cda: other }], to: [DOCTOR] });
  await sent.settled({ until: "accepted", signal: AbortSignal.timeout(20_000) });
  process.chdir(folder);
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  process.chdir(home);
  await mock.close();
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;

/** Runs a block as the module that it is, as written; what it prints is given back. */
async function run(page: string, has: string, as = DOCTOR): Promise<unknown[][]> {
  const fits = (pages().includes(page) ? typescriptOf(page) : []).filter(({ code }) => code.includes(has));
  expect(fits, `${page}: ${has}`).toHaveLength(1);
  const [{ code } = {} as Block] = fits;
  copyFileSync(configs[as] ?? "", join(folder, "medimail.json"));
  const file = join(folder, `block-${count++}.ts`);
  writeFileSync(file, `${code}\nexport {};\n`);
  const printed: unknown[][] = [];
  for (const method of ["log", "info", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => void printed.push(values));
  await import(/* @vite-ignore */ file);
  return printed;
}

it("the README's first lines send a document once the configuration is the mock's", async () => {
  await run("README.md", "loadConfigFile", LABORATORY);
  expect(mock.mailbox(DOCTOR).messages().length).toBeGreaterThanOrEqual(2);
});

it("the README's lines for the mock run as they stand", async () => {
  expect(await run("README.md", "startMockMedimail")).toEqual([[true]]);
});

it("a refusal is caught as the page of errors says, and nothing keeps the process alive", async () => {
  const printed = await run("docs/errors.md", "isMedimailError", LABORATORY);
  expect(printed[0]?.[0]).toBe("invalid_argument");
});

it("recipients that no directory knows are refused as the page of directories says", async () => {
  const error = await run("docs/directory.md", "RecipientError", LABORATORY).catch((thrown: MedimailError) => thrown);
  expect(error).toMatchObject([["to[1]", expect.stringMatching(/^(?:not-found|unavailable)$/), expect.anything()]]);
});

it.each([
  ["folders, a list, an attachment", "mailbox.folders()"],
  ["a mail and its documents", "mailbox.body(mail)"],
  ["a move and its undoing", "mailbox.undo(moved)"],
  ["an answer", "mailbox.reply(mail"],
  ["a receipt, or the mail of a failure", "mailbox.failureMail(mail"],
])("the page of the mailbox, %s: runs on a mailbox of the mock", async (_what, has) => {
  await expect(run("docs/mailbox.md", has)).resolves.toBeDefined();
});

it("the page of rendering writes what a person reads", async () => {
  const printed = await run("docs/rendering.md", "renderPdf");
  expect(printed).toEqual([["made", true, []]]);
  await run("docs/rendering.md", "document.html()");
});

it("an address that the commands of the pages write to is one of the mock's", () => {
  const commands = ["README.md", "README.fr.md"].flatMap((page) =>
    blocksOf(page, ["sh"]).flatMap(({ code }) => [...code.matchAll(/--to (\S+)/g)].map(([, address]) => address ?? "")),
  );
  expect(commands).not.toEqual([]);
  for (const address of commands) expect(Object.keys(configs)).toContain(address);
});
