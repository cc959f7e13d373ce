// The control API, as the page uses it. The token comes in the fragment of the address, which no server is told of, leaves the address at once, and is
// kept for this tab alone.

const KEY = "medimail-mock-token";

/** @returns {string | undefined} */
function tokenOfAddress() {
  const found = /[#&]token=([\w-]{20,200})/.exec(location.hash)?.[1];
  if (found === undefined) return sessionStorage.getItem(KEY) ?? undefined;
  sessionStorage.setItem(KEY, found);
  history.replaceState(null, "", `${location.pathname}#/`);
  return found;
}

let token = tokenOfAddress();
export const hasToken = () => token !== undefined;

/** @param {string} given */
export function useToken(given) {
  token = given.trim();
  sessionStorage.setItem(KEY, token);
}

/** A refusal of the API, in its own words. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {string | undefined} hint
   */
  constructor(status, message, hint) {
    super(hint === undefined ? message : `${message} ${hint}`);
    this.status = status;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, mail?: string, accept?: string }} [options]
 * @returns {Promise<Response>}
 */
export async function request(method, path, { body, mail, accept } = {}) {
  /** @type {Record<string, string>} */
  const headers = { authorization: `Bearer ${token ?? ""}` };
  if (accept !== undefined) headers.accept = accept;
  if (mail !== undefined) headers["content-type"] = "message/rfc822";
  else if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    body: mail ?? (body === undefined ? null : JSON.stringify(body)),
  });
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new Refused(response.status, told.error?.message ?? response.statusText, told.error?.hint);
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export const get = async (path) => (await request("GET", path)).json();

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function act(method, path, body) {
  const response = await request(method, path, body === undefined ? {} : { body });
  return response.status === 204 ? undefined : response.json();
}

/** @param {TemplateStringsArray} words @param {...(string | number)} values */
export function path(words, ...values) {
  return words.reduce((made, word, index) => `${made}${encodeURIComponent(String(values[index - 1]))}${word}`);
}

/**
 * Observations as they happen, from a rank on; begins again by itself where the connection is lost.
 *
 * @param {number} since
 * @param {(rank: number, observation: any) => void} tell
 * @param {(alive: boolean) => void} alive
 */
export async function follow(since, tell, alive) {
  let rank = since;
  for (;;) {
    try {
      const response = await request("GET", `/observations/stream?since=${rank}`);
      alive(true);
      for await (const line of linesOf(response)) {
        const seen = JSON.parse(line);
        rank = seen.rank;
        tell(seen.rank, seen.observation);
      }
    } catch {
      // Said below: the mock has gone, or the network.
    }
    alive(false);
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** @param {Response} response */
async function* linesOf(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield line;
  }
}
