import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "undici";

interface Answer {
  id?: number;
  method?: string;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A headless Chromium that stays open, told what to do by its DevTools protocol. */
export class OpenBrowser {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #loaded: (() => void)[] = [];
  #last = 0;
  #session = "";

  private constructor(child: ChildProcess, socket: WebSocket, profile: string) {
    this.#child = child;
    this.#socket = socket;
    this.#profile = profile;
    socket.addEventListener("message", ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
      else if (answer.method === "Page.loadEventFired") this.#loaded.shift()?.();
    });
  }

  static async start(flags: readonly string[]): Promise<OpenBrowser> {
    const profile = mkdtempSync(join(tmpdir(), "medimail-chromium-"));
    const child = spawn(
      "chromium",
      [...flags, "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
      {
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    const url = await new Promise<string>((resolve, reject) => {
      child.once("exit", () => reject(new Error("chromium did not start")));
      createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
        const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
        if (found) resolve(found);
      });
    });
    const socket = new WebSocket(url);
    await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
    const browser = new OpenBrowser(child, socket, profile);
    const { targetId } = await browser.#ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.#ask("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = sessionId as string;
    await browser.#ask("Page.enable", {});
    return browser;
  }

  /** Loads a page and prints it; the bytes come in the answer, and are left there. */
  async print(url: string): Promise<number> {
    const loaded = new Promise<void>((resolve) => void this.#loaded.push(resolve));
    await this.#ask("Page.navigate", { url });
    await loaded;
    const { data } = await this.#ask("Page.printToPDF", { printBackground: true });
    return String(data).length;
  }

  #ask(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
      this.#socket.send(JSON.stringify({ id, method, params, ...(this.#session ? { sessionId: this.#session } : {}) }));
    });
  }

  async close(): Promise<void> {
    this.#socket.close();
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill();
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
