import { execFileSync } from "node:child_process";
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, beforeAll } from "vitest";
import { consoleFiles } from "../../src/console/index.js";
import { frenchSpaces } from "../../src/french-spaces.js";
import { type MockMedimail, type MockMedimailOptions, startMockMedimail } from "../../src/mock/index.js";

let browser: Browser | undefined;

/** One browser for a file of tests; each page is of a context of its own, with nothing kept. */
export function useBrowser(): void {
  beforeAll(async () => {
    const executablePath = execFileSync("which", ["chromium"], { encoding: "utf8" }).trim();
    browser = await launch({
      executablePath,
      headless: true,
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=fr-FR"],
      protocolTimeout: 90_000,
    });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
  });
}

export interface OpenedPage extends AsyncDisposable {
  page: Page;
  mock: MockMedimail;
  /** What the browser complained of: errors, refusals of the policy. */
  complaints: string[];
  /** Requests that left the mock. */
  elsewhere: string[];
  /** Waits for words in the page, whatever element they are in. */
  see: (text: string) => Promise<void>;
  /** Waits for what an expression in the page says. */
  holds: (test: string) => Promise<void>;
  press: (name: string) => Promise<void>;
  click: (selector: string) => Promise<void>;
  view: (id: string) => Promise<void>;
}

/** A mock with its page, opened as the command tells a person to. */
export async function openPage(
  options: MockMedimailOptions = {},
  { width = 1200, height = 800 } = {},
): Promise<OpenedPage> {
  if (!browser) throw new Error("useBrowser() first");
  const mock = await startMockMedimail({ psc: true, control: { files: await consoleFiles() }, ...options });
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height });
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
  });
  page.on("pageerror", (error) => void complaints.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(mock.control.origin) && !url.startsWith("data:") && !url.startsWith("about:"))
      elsewhere.push(url);
  });
  await page.goto(`${mock.control.origin}/#token=${mock.control.token}`);
  // In words of the browser's own, as text: the tests are compiled without its types.
  const holds = (test: string) => page.waitForFunction(test, { timeout: 20_000 }).then(() => {});
  const see = (text: string) => holds(`document.body.innerText.includes(${JSON.stringify(frenchSpaces(text))})`);
  const press = async (name: string) => {
    const button = await page.waitForSelector(`::-p-aria([name="${frenchSpaces(name)}"][role="button"])`, {
      timeout: 20_000,
    });
    await button?.evaluate((element) => (element as unknown as { click(): void }).click());
  };
  const click = async (selector: string) => {
    await holds(`document.querySelector(${JSON.stringify(selector)}) !== null`);
    await page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
  };
  const view = async (id: string) => {
    await page.evaluate(`location.hash = "#/${id}"`);
    await page.waitForSelector(`nav a[aria-current][href="#/${id}"]`);
  };
  return {
    page,
    mock,
    complaints,
    elsewhere,
    holds,
    see,
    press,
    click,
    view,
    async [Symbol.asyncDispose]() {
      await context.close();
      await mock.close();
    },
  };
}
