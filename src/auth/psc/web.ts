import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isMedimailError, MedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import { steadyNow, systemClock } from "../../seams/clock.js";
import type { PendingLogin, ProSanteConnect, ProSanteConnectSession } from "./types.js";

export interface LoginHandlerOptions {
  /** Path that a browser is sent to Pro Santé Connect from. Default `/login/psc`. */
  startPath?: string;
  /** The address that Pro Santé Connect sends it back to, as registered. */
  redirectUri: string;
  /** The professional is logged in: keep the session for this browser, and answer it. */
  onLogin(session: ProSanteConnectSession, request: IncomingMessage, response: ServerResponse): void | Promise<void>;
  /** It failed: answer the browser. Default: a page that says so, without detail. */
  onError?(error: MedimailError, request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

const COOKIE = "medimail_login";
/** A login takes minutes; a browser that never comes back leaves nothing behind. */
const LIFE_MS = 10 * 60_000;
const MOST = 1_000;

/**
 * The two addresses of a login for a web program: gives a function for Node's own requests and answers, which express has as
 * they are and fastify as `request.raw` and `reply.raw`. It says whether the request was for it. A login is bound to the browser that
 * began it, by a cookie.
 *
 * @example
 * app.use(async (request, response, next) => { if (!(await login(request, response))) next(); });
 */
export function loginHandler(
  psc: ProSanteConnect,
  options: LoginHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const { startPath = "/login/psc", redirectUri, onLogin, onError = failedPage } = options;
  const back = new URL(redirectUri);
  const pending = new Map<string, { login: PendingLogin; until: number }>();
  const secure = back.protocol === "https:" ? "; Secure" : "";
  const cookie = (value: string, seconds: number): string =>
    `${COOKIE}=${value}; HttpOnly; SameSite=Lax; Path=${back.pathname}; Max-Age=${seconds}${secure}`;

  function keep(login: PendingLogin): string {
    const now = steadyNow(systemClock)();
    for (const [id, { until }] of pending) if (until < now || pending.size >= MOST) pending.delete(id);
    const id = randomBytes(24).toString("base64url");
    pending.set(id, { login, until: now + LIFE_MS });
    return id;
  }

  function taken(request: IncomingMessage): PendingLogin {
    const id = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? "")?.[1] ?? "";
    const found = pending.get(id);
    pending.delete(id);
    if (found && found.until >= steadyNow(systemClock)()) return found.login;
    throw new MedimailError("login_failed", "logging in: this browser has begun no login, or too long ago", {
      hint: "Begin the login again.",
    });
  }

  return async (request, response) => {
    const url = addressOf(request, back.origin);
    if (!url || request.method !== "GET" || (url.pathname !== startPath && url.pathname !== back.pathname))
      return false;
    response.setHeader("cache-control", "no-store");
    response.setHeader("referrer-policy", "no-referrer");
    try {
      if (url.pathname === startPath) {
        const { url: to, pending: login } = await psc.authorize({ redirectUri });
        response.writeHead(302, { location: to.href, "set-cookie": cookie(keep(login), LIFE_MS / 1_000) }).end();
        return true;
      }
      response.setHeader("set-cookie", cookie("", 0));
      const session = await psc.complete(url, taken(request));
      await onLogin(session, request, response);
    } catch (error) {
      if (!isMedimailError(error)) throw error;
      await onError(error, request, response);
    }
    return true;
  };
}

/** What anybody may ask for need not be an address (`GET //`): an error thrown here would end a program that serves it. */
function addressOf(request: IncomingMessage, origin: string): URL | undefined {
  const path = request.url ?? "/";
  return URL.canParse(path, origin) ? new URL(path, origin) : undefined;
}

function failedPage(error: MedimailError, _: IncomingMessage, response: ServerResponse): void {
  page(response, error.retryable ? 503 : 403, "La connexion par Pro Santé Connect a échoué. Vous pouvez recommencer.");
}

function page(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'" })
    .end(`<!DOCTYPE html><html lang="fr"><title>Pro Santé Connect</title><p>${text}</p></html>`);
}

export interface LoopbackLoginOptions {
  /** Shows the address in the person's browser. */
  open(url: URL): void | Promise<void>;
  /** As registered for the client. Default 0: any free one, where Pro Santé Connect allows that (**uncertain**). */
  port?: number;
  /** Default `/callback`. */
  path?: string;
  /** How long the person may take, in ms. Default 5 minutes. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * A login for a desktop program: the person's browser comes back to a server of ours on this machine, which lives no longer.
 *
 * @throws MedimailError `login_failed`, `timeout`, `aborted`
 */
export async function loopbackLogin(
  psc: ProSanteConnect,
  options: LoopbackLoginOptions,
): Promise<ProSanteConnectSession> {
  const { open, port = 0, path = "/callback", timeoutMs = 300_000, signal } = options;
  const over = AbortSignal.timeout(timeoutMs);
  const { signal: ended, release } = firstAborted(signal, over);
  let came: (url: URL) => void = () => {};
  const back = new Promise<URL>((resolve, reject) => {
    came = resolve;
    const onAbort = (): void =>
      reject(
        signal?.aborted
          ? new MedimailError("aborted", "the login was given up by the caller", { cause: signal.reason })
          : new MedimailError("timeout", `nobody logged in within ${timeoutMs} ms`, {
              hint: "Let the professional log in again.",
            }),
      );
    ended.addEventListener("abort", onAbort, { once: true });
    if (ended.aborted) onAbort();
  });
  back.catch(() => {});
  let state: string | undefined;
  const server = createServer((request, response) => {
    const url = addressOf(request, "http://127.0.0.1");
    // Any page that the person has open may ask this server too: only the answer to this login counts.
    const isAnswer = url?.pathname === path && state !== undefined && url.searchParams.get("state") === state;
    if (request.method !== "GET" || !isAnswer) return void response.writeHead(404).end();
    page(response, 200, "Vous pouvez fermer cette page et revenir à votre logiciel.");
    came(url);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause) =>
        reject(
          new MedimailError("login_failed", `port ${port} of this machine is taken`, {
            cause,
            hint: "Give another port, or 0 for a free one.",
          }),
        ),
      );
      server.listen(port, "127.0.0.1", resolve);
    });
    const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const { url, pending } = await psc.authorize({ redirectUri });
    state = pending.state;
    await open(url);
    return await psc.complete(await back, pending);
  } finally {
    release();
    server.close();
    server.closeAllConnections();
  }
}
