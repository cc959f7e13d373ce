// A publisher's own test, by node:test, on the packed package: the mock as a library, and the command as a binary that is found by the package's name.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { mockHttp, startMockMedimail } from "medimail-connector/mock";

const DUPONT = "martin.dupont@medecin.mssante.fr";

test("the mock: faults in words, states, and a request that nothing answers fails the test", async () => {
  const mock = await startMockMedimail({ control: true });
  const before = mock.snapshot();
  mock.after("RCPT").reply(451).times(2);
  const { url, token } = mock.control;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = await fetch(`${url}/mailboxes/${DUPONT}/incoming/document`, { method: "POST", headers, body: "{}" });
  assert.equal(sent.status, 201);
  await mock.waitUntil(() => mock.mailbox(DUPONT).messages().length === 1);
  mock.restore(before);
  assert.deepEqual([mock.faults.all.length, mock.mailbox(DUPONT).messages().length], [0, 0]);
  await fetch(`${mock.http.url}/nowhere?secret=1`);
  await assert.rejects(mock.close(), { code: "mock_http_unhandled", message: /GET \/nowhere$/ });
});

test("its HTTP without a socket, for whoever intercepts requests", async () => {
  const medimail = await mockHttp();
  const handlers = medimail.handlers({ all: (path, answer) => ({ path, answer }) });
  const list = handlers.find(({ path }) => path === medimail.whiteList.url);
  const response = await list.answer({ request: new Request(medimail.whiteList.url) });
  assert.match(await response.text(), /<Nom>ch-exemple\.mssante\.fr<\/Nom>/);
});

test("npx medimail-connector mock: one variable says where the ready object is written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "medimail-consumer-"));
  const file = join(folder, "ready.json");
  // Its own group: npx stands between us and the command.
  const command = spawn("npx", ["--offline", "medimail-connector", "mock", "--json"], {
    env: { ...process.env, MEDIMAIL_MOCK: file },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  const ended = new Promise((resolve) => command.once("exit", resolve));
  try {
    for (let turn = 0; !existsSync(file) && turn < 600; turn += 1) await later(100);
    const { control, console: page } = JSON.parse(readFileSync(file, "utf8"));
    assert.match(await (await fetch(page.url)).text(), /Simulateur Medimail/);
    assert.equal((await fetch(new URL("/app.js", page.url))).status, 200);
    assert.equal((await fetch(`${control.url}/status`)).status, 401);
    const status = await fetch(`${control.url}/status`, { headers: { authorization: `Bearer ${control.token}` } });
    assert.equal((await status.json()).scenarios, true);
  } finally {
    process.kill(-command.pid, "SIGTERM");
    await ended;
    for (let turn = 0; existsSync(file) && turn < 100; turn += 1) await later(50);
    assert.equal(existsSync(file), false);
    rmSync(folder, { recursive: true, force: true });
  }
});
