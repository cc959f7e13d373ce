import type { Pick } from "./strange-choices.js";

const FRENCH = "1.2.250.1.213.1.1.4.2.282";

/** Models of table ASS_A11, their formats and the system that the official archives or the table give them. */
const MODELS: readonly (readonly [template: string, format: string])[] = [
  ["1.2.250.1.213.1.1.1.13", `urn:asip:ci-sis:vsm:2012 ${FRENCH}`],
  ["1.2.250.1.213.1.1.1.21", `urn:asip:ci-sis:ldl-ees:2017 ${FRENCH}`],
  ["1.2.250.1.213.1.1.1.29", `urn:asip:ci-sis:ldl-ses:2017 ${FRENCH}`],
  ["1.2.250.1.213.1.1.1.5.3", `urn:asip:ci-sis:cse-cs24:2017 ${FRENCH}`],
  ["1.2.250.1.213.1.1.1.8", `urn:asip:ci-sis:frcp:2011 ${FRENCH}`],
  ["1.2.250.1.213.1.1.1.39", `urn:ihe:pharm:pre:2010 ${FRENCH}`],
  ["1.2.250.1.213.1.1.1.55", `urn:ihe:lab:xd-lab:2008 ${FRENCH}`],
  ["1.2.250.1.213.1.1.1.57", "urn:ihe:palm:apsr:2016 1.3.6.1.4.1.19376.1.2.3"],
];
const IHE = "1.3.6.1.4.1.19376.1.2.3";
const FILES: Readonly<Record<string, string>> = {
  "application/pdf": "urn:ihe:iti:xds-sd:pdf:2008 1.2.250.1.213.1.1.4.12",
  "text/rtf": `urn:ihe:iti-fr:xds-sd:rtf:2010 ${IHE}`,
  "application/rtf": `urn:ihe:iti-fr:xds-sd:rtf:2010 ${IHE}`,
  "text/plain": `urn:ihe:iti:xds-sd:text:2008 ${IHE}`,
  "image/jpeg": `urn:ihe:iti-fr:xds-sd:jpeg:2010 ${IHE}`,
  "image/tiff": `urn:ihe:iti-fr:xds-sd:tiff:2010 ${IHE}`,
};

/** Templates in an order that another vendor may have, and the format that the document gets by them or by its file. */
export function expectedFormat(pick: Pick, mediaType: string): { templates: string; format: string } {
  const [template, format] = pick(MODELS);
  const id = (root: string, more = "") => `<templateId root="${root}"${more}/>`;
  const base = id("2.16.840.1.113883.2.8.2.1") + id("1.2.250.1.213.1.1.1.1");
  const templates = pick([
    base + id(template),
    base + id(template, ' extension="2024.01"'),
    id(template) + base,
    `${base}${id(template)}${id("1.2.3.4.5")}<templateId nullFlavor="NI"/>`,
    id(` ${template} `) + base + id("1.3.6.1.4.1.19376.1.2.20"),
  ]);
  return { templates, format: FILES[mediaType] ?? format };
}
