import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { ControlError } from "./failure.js";

/** The name of a Host field without its port; undefined where it is no host. */
function hostName(value: string): string | undefined {
  const found = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?$/.exec(value)?.[1];
  return found?.replace(/^\[|\]$/g, "").toLowerCase();
}

/**
 * Who may speak to the control API, and from where.
 *
 * A page of elsewhere whose name was made to resolve to this machine (DNS rebinding) says its own name in Host: only addresses and the names that we are
 * told are answered. No cookie is used, so no page of elsewhere can act for somebody (CSRF): every request needs the token in a field that a form cannot set,
 * and one that a browser marks as of another origin is refused besides.
 */
export class Guard {
  readonly #token: Buffer;
  readonly #names: ReadonlySet<string>;

  /** @param listen the host that was asked for, which is answered by that name too */
  constructor(token: string, listen: string) {
    this.#token = digest(token);
    this.#names = new Set([
      "localhost",
      listen.toLowerCase(),
      ...(isLoopback(listen) ? [] : [hostname().toLowerCase()]),
    ]);
  }

  /** Throws `forbidden` where the request was meant for another host. */
  checkHost(request: IncomingMessage): void {
    const name = hostName(request.headers.host ?? "");
    if (name === undefined || (isIP(name) === 0 && !this.#names.has(name)))
      throw new ControlError("forbidden", "This is not a name of the mock", {
        hint: "Use the address that the ready object gives.",
      });
  }

  /** Throws `forbidden` for a page of another origin, `unauthorized` without the token. */
  checkCaller(request: IncomingMessage): void {
    const { origin, host, authorization = "" } = request.headers;
    const site = request.headers["sec-fetch-site"];
    if ((origin !== undefined && origin !== `http://${host}`) || site === "cross-site" || site === "same-site")
      throw new ControlError("forbidden", "A page of another origin may not use the control API");
    const given = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization)?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), this.#token))
      throw new ControlError("unauthorized", "The token of the ready object is needed", {
        hint: "Authorization: Bearer <control.token>",
      });
  }
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
