// Takes the pictures of docs/console.md from the built command (npx tsup --no-dts): node test/tools/screenshots.mjs
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launch } from "puppeteer-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const folder = join(root, "docs/images");
mkdirSync(folder, { recursive: true });
const mock = spawn(process.execPath, [join(root, "dist/cli/main.js"), "mock", "--json"], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const ready = JSON.parse((await createInterface({ input: mock.stdout })[Symbol.asyncIterator]().next()).value);
  const api = (method, path, body) =>
    fetch(`${ready.control.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ready.control.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const box = "martin.dupont@medecin.mssante.fr";
  await api("PATCH", "/clock", { now: "2026-11-30T08:30:00Z" });
  await api("POST", `/mailboxes/${box}/incoming/document`, {});
  await api("POST", `/mailboxes/${box}/incoming/document`, { action: "replace" });
  await api("POST", "/faults", { name: "reply", at: "rcpt", reply: 451, status: "4.3.0", times: 2 });
  await api("POST", "/faults", { name: "bounce", times: "always", for: "claire.morel@medecin.mssante.fr" });
  const executablePath = execFileSync("which", ["chromium"], { encoding: "utf8" }).trim();
  const browser = await launch({ executablePath, args: ["--no-sandbox", "--lang=fr-FR"] });
  const page = await browser.newPage();
  await page.setViewport({ width: 1100, height: 760 });
  const click = async (selector) => {
    await page.waitForFunction((wanted) => document.querySelector(wanted), {}, selector);
    await page.evaluate((wanted) => document.querySelector(wanted).click(), selector);
  };
  const shot = async (name, wanted) => {
    await page.waitForFunction((text) => document.body.textContent.includes(text), {}, wanted);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 700)));
    await page.screenshot({ path: join(folder, name), optimizeForSpeed: false });
  };
  await page.goto(ready.console.url);
  await click(`button[data-key="${box}"]`);
  await click('button[data-key="uid-2"]');
  await page.waitForSelector("iframe");
  await page.evaluate(() => document.querySelector("iframe")?.scrollIntoView({ block: "center" }));
  await shot("console-document.png", "Archive IHE_XDM.ZIP");
  await page.evaluate(() => scrollTo(0, 0));
  for (const [id, name, wanted] of [
    ["mailboxes", "console-boites.png", "Envoyer à"],
    ["faults", "console-pannes.png", "Pannes en place"],
    ["scenarios", "console-scenarios.png", "Verdicts"],
  ]) {
    await page.evaluate((to) => {
      location.hash = `#/${to}`;
    }, id);
    if (id === "scenarios") await click("summary");
    await shot(name, wanted);
  }
  await browser.close();
} finally {
  mock.kill("SIGTERM");
}
