import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--hide-scrollbars",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-sync",
];

/** Runs Chromium with a profile of its own that is gone afterwards. */
export async function chromium(args: readonly string[]): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), "medimail-chromium-"));
  try {
    const { stdout } = await run("chromium", [...FLAGS, `--user-data-dir=${profile}`, ...args], {
      timeout: 90_000,
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What a page did in a browser: the document after its scripts, and every request but that for the page, to whatever host. */
export async function visit(page: (base: string) => string): Promise<{ dom: string; requests: string[] }> {
  const requests: string[] = [];
  let html = "";
  const server = createServer((request, response) => {
    if (request.url === "/page") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(html);
      return;
    }
    // The browser's own, whatever the page: its clock, its updates.
    if (!/(^|\.)(google|googleapis|gvt1)\.com(:\d+)?$/.test(request.headers.host ?? ""))
      requests.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  html = page(base);
  try {
    const every = `--host-resolver-rules=MAP * ${base.slice("http://".length)}`;
    const dom = await chromium([every, "--virtual-time-budget=3000", "--dump-dom", `${base}/page`]);
    // The browser's own: no page asks for it.
    return { dom, requests: requests.filter((url) => url !== "/favicon.ico") };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
