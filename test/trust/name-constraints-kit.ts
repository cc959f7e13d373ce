import { GeneralName, GeneralSubtree, NameConstraints } from "pkijs";

/** The extension that lets an authority vouch for these domains only. */
export function permitting(...domains: string[]): { id: string; critical: boolean; value: Uint8Array } {
  const permittedSubtrees = domains.map((value) => new GeneralSubtree({ base: new GeneralName({ type: 2, value }) }));
  const value = new Uint8Array(new NameConstraints({ permittedSubtrees }).toSchema().toBER());
  return { id: "2.5.29.30", critical: true, value };
}
