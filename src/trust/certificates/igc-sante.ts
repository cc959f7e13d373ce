import type { Certificate } from "./certificate.js";

/** The only range from which operators' and software's certificates come (ECO.1.1.10). */
export const MSSANTE_RANGE = "ELEMENTAIRE ORGANISATIONS";

/** What the name of an authority of IGC-Santé says of it. */
export interface IgcAuthority {
  /** `ELEMENTAIRE ORGANISATIONS`, `STANDARD PERSONNES`, `RACINE ELEMENTAIRE`…, without accents, in capitals. */
  range: string;
  environment: "test" | "production";
}

/** undefined where the name is not one of IGC-Santé. */
export function igcAuthority({ subject }: Certificate): IgcAuthority | undefined {
  const cn = plain(subject.get("CN") ?? "");
  const found = /^(TEST )?AC (RACINE )?IGC-SANTE (.+)$/.exec(cn);
  if (!found) return undefined;
  const isTest = found[1] !== undefined || plain(subject.get("OU") ?? "").includes("IGC-SANTE TEST");
  return { range: `${found[2] ?? ""}${found[3] ?? ""}`, environment: isTest ? "test" : "production" };
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toUpperCase().replace(/\s+/g, " ").trim();
}
