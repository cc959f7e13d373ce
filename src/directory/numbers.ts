import type { DirectoryQuery } from "../seams/index.js";

const bare = (value: string): string => value.replace(/[\s.-]/g, "");

/** The numbers of a query as directories have them: without the spaces that people type, and an RPPS without the 8 of the national identifier. */
export function plainNumbers(query: DirectoryQuery): DirectoryQuery {
  const { rpps, finess, siret } = query;
  return {
    ...query,
    ...(rpps === undefined ? {} : { rpps: bare(rpps).replace(/^8(?=\d{11}$)/, "") }),
    ...(finess === undefined ? {} : { finess: bare(finess).toUpperCase() }),
    ...(siret === undefined ? {} : { siret: bare(siret) }),
  };
}
