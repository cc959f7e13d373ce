import type { Connector } from "../connector-types.js";
import type { Core, Frame } from "./core.js";

const PAGE = 500;

/** The traces of a mailbox, oldest first, a page at a time. */
export function tracesOf({ tenant, mailbox }: Frame, open: () => Promise<Core>): Connector["traces"] {
  return {
    async *list({ limit, ...query } = {}) {
      const { store } = await open();
      let after: number | undefined;
      let left = limit ?? Number.POSITIVE_INFINITY;
      while (left > 0) {
        const page = await store.traces({
          tenant,
          mailbox,
          ...query,
          limit: Math.min(PAGE, left),
          ...(after === undefined ? {} : { after }),
        });
        if (page.length === 0) return;
        yield* page;
        left -= page.length;
        after = page.at(-1)?.seq;
      }
    },
  };
}
