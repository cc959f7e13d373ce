import { isMedimailError } from "../errors.js";
import type { Dialer } from "../seams/dialer.js";

/** One GET, redirects not followed; without a body where it is longer than `maxBytes`. Throws a `MedimailError` where no whole answer came. */
export type HttpGet = (
  url: string,
  options: {
    /** To be connected to, instead of what the URL's host resolves to. */
    addresses: readonly string[];
    maxBytes: number;
    /** Of the whole, in ms. Passing it: `timeout`. */
    timeoutMs: number;
    signal?: AbortSignal;
  },
) => Promise<{ status: number; body?: Uint8Array }>;

/** The one HTTP function, connecting to addresses that were checked. `authorities` is asked when a document is fetched. */
export function createHttpGet(dialer: Dialer, authorities: () => readonly string[]): HttpGet {
  return async (url, { addresses, maxBytes, timeoutMs, signal }) => {
    // Loaded with the first document: most processes fetch none.
    const { createHttp } = await import("../http.js");
    const http = createHttp({
      dialer: { connect: (host, port, options) => dialer.connect(host, port, { ...options, addresses }) },
      ca: authorities(),
      // Who asks has made sure that what is asked in clear is on this machine.
      plain: true,
      timeoutMs,
      maxBytes,
    });
    try {
      const headers = { accept: "text/xml, application/xml" };
      const answer = await http.fetch(url, { headers, ...(signal ? { signal } : {}) });
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
    } catch (error) {
      if (isMedimailError(error) && error.code === "http_failed" && error.path === "maxBytes") return { status: 200 };
      throw error;
    } finally {
      await http.close();
    }
  };
}
