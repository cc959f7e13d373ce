import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MockReady } from "../../src/mock/index.js";
import { startCli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
type Ready = MockReady & {
  control: { url: string; token: string };
  console?: { url: string };
  scenarios: { id: string; steps: { documents?: { cda: string }[] }[] }[];
};
const isReady = (line: string): boolean => line.includes('"event":"ready"');
const api = async (ready: Ready, path: string, options: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${ready.control.token}`, "content-type": "application/json" };
  const response = await fetch(`${ready.control.url}${path}`, { ...options, headers });
  return response.status === 204 ? undefined : await response.json();
};

describe("medimail mock, its page and its control API", () => {
  it("gives both in the ready object, and leads scenarios whose verdicts are told as they come", async () => {
    const run = startCli(["mock", "--json"]);
    const ready = JSON.parse(await run.line(isReady)) as Ready;
    const page = new URL(ready.console?.url ?? "");
    expect([page.pathname, page.search, page.hash]).toEqual(["/", "", `#token=${ready.control.token}`]);
    expect(await (await fetch(page)).text()).toContain("Simulateur Medimail");
    const { scenarios } = (await api(ready, "/scenarios")) as { scenarios: { id: string }[] };
    expect(scenarios.map(({ id }) => id)).toEqual(ready.scenarios.map(({ id }) => id));
    const id = scenarios[0]?.id ?? "";
    await api(ready, `/scenarios/${id}/begin`, { method: "POST", body: "{}" });
    expect(await api(ready, "/scenarios")).toMatchObject({ current: { id } });
    await api(ready, "/scenarios/end", { method: "POST", body: "{}" });
    const verdicts = (await api(ready, "/verdicts")) as { code: string }[];
    expect(verdicts.length).toBeGreaterThan(100);
    run.interrupt();
    expect((await run.result).code).toBe(0);
    // What it wrote is gone with it.
    expect(existsSync(dirname(ready.ca))).toBe(false);
  });

  it("writes the ready object, whole and for its owner alone, to the file that MEDIMAIL_MOCK names, and takes it away", async () => {
    const file = join(folder, "ready.json");
    writeFileSync(file, "of a run before");
    const run = startCli(["mock", "--json"], { env: { MEDIMAIL_MOCK: file } });
    const line = await run.line(isReady);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(line));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    run.interrupt();
    await run.result;
    expect(existsSync(file)).toBe(false);
  });

  it("has written the documents of all scenarios before it says where they are", async () => {
    const run = startCli(["mock", "--json"]);
    const { scenarios } = JSON.parse(await run.line(isReady)) as Ready;
    const paths = scenarios.flatMap(({ steps }) => steps.flatMap(({ documents = [] }) => documents));
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter(({ cda }) => !existsSync(cda))).toEqual([]);
    run.interrupt();
    await run.result;
  }, 30_000);

  it("serves no page with --no-console, the API still", async () => {
    const run = startCli(["mock", "--json", "--no-console"]);
    const ready = JSON.parse(await run.line(isReady)) as Ready;
    expect(ready.console).toBeUndefined();
    expect((await fetch(new URL("/", ready.control.url))).status).toBe(404);
    expect(await api(ready, "/status")).toMatchObject({ scenarios: true });
    run.interrupt();
    await run.result;
  });

  it("listens where --listen says, and tells a person the address with the token in its fragment", async () => {
    const run = startCli(["mock", "--listen", "127.0.0.2", "--lang", "fr"]);
    const url = /http:\/\/127\.0\.0\.2:\d+\/#token=[\w-]{43}/.exec(
      await run.line((line) => line.includes("#token=")),
    )?.[0];
    expect((await fetch(url ?? "")).status).toBe(200);
    run.interrupt();
    await run.result;
  });
});
