import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, launch } from "puppeteer-core";
import { afterAll, beforeAll } from "vitest";

/** After its loading, of the page's own time: it does not pass while something is fetched, and else goes as fast as it can. */
const LOOKED_AT_MS = 3_000;

interface Visiting {
  browser: Browser;
  server: Server;
  base: string;
}
let visiting: Visiting | undefined;
let html = "";
let requests: string[] = [];

/** One browser for a file of tests; each page is of a context of its own, with nothing kept. Every host is the server of the test. */
export function useVisits(): void {
  beforeAll(async () => {
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
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const browser = await launch({
      executablePath: execFileSync("which", ["chromium"], { encoding: "utf8" }).trim(),
      headless: true,
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--host-resolver-rules=MAP * ${host}`],
      protocolTimeout: 90_000,
    });
    visiting = { browser, server, base: `http://${host}` };
  }, 90_000);
  afterAll(async () => {
    await visiting?.browser.close();
    visiting?.server.closeAllConnections();
    await new Promise((resolve) => visiting?.server.close(resolve));
    visiting = undefined;
  });
}

/** What a page did in a browser: the document after its scripts, and every request but that for the page, to whatever host. */
export async function visit(page: (base: string) => string): Promise<{ dom: string; requests: string[] }> {
  if (!visiting) throw new Error("useVisits() first");
  const { browser, base } = visiting;
  html = page(base);
  requests = [];
  const seen = requests;
  const context = await browser.createBrowserContext();
  try {
    const tab = await context.newPage();
    await tab.goto(`${base}/page`, { waitUntil: "load", timeout: 60_000 });
    const session = await tab.createCDPSession();
    const over = new Promise((resolve) => session.once("Emulation.virtualTimeBudgetExpired", resolve));
    const policy = "pauseIfNetworkFetchesPending";
    await session.send("Emulation.setVirtualTimePolicy", { policy, budget: LOOKED_AT_MS });
    await over;
    const dom = await tab.content();
    // The browser's own: no page asks for it.
    return { dom, requests: seen.filter((url) => url !== "/favicon.ico") };
  } finally {
    await context.close();
  }
}
