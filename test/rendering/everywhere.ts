import { escapeAttribute, escapeText, stripForbidden } from "../../src/xml/index.js";
import { level3 } from "./kit.js";

/** A document with the payload everywhere a document may hold text. */
export function everywhere(payload: string): Uint8Array {
  const text = escapeText(stripForbidden(payload));
  const value = escapeAttribute(stripForbidden(payload));
  const id = value;
  const cda = level3(
    `<component><section ID="${id}"><code code="1" codeSystem="2.16.840.1.113883.6.1" displayName="${value}"/><title>${text}<content>${text}</content></title>
<languageCode code="${value}"/><author><assignedAuthor><assignedPerson><name><family>${text}</family></name></assignedPerson></assignedAuthor></author>
<subject><relatedSubject><subject><name>${text}</name></subject></relatedSubject></subject>
<text ID="${id}">${text}<paragraph ID="${id}" styleCode="${value}"><caption>${text}</caption>${text}<content ID="${id}" styleCode="${value}" revised="${value}">${text}</content>
<linkHtml ID="${id}" href="${value}" title="${value}" name="${value}">${text}</linkHtml><linkHtml href="#${value}"/><sub>${text}</sub>
<footnote ID="f${id}">${text}</footnote><footnoteRef IDREF="${id}"/></paragraph>
<list listType="${value}" styleCode="${value}"><caption>${text}</caption><item styleCode="${value}"><caption>${text}</caption>${text}</item>${text}</list>
<table ID="${id}" border="${value}" width="${value}"><caption>${text}</caption><thead align="${value}"><tr styleCode="${value}"><th colspan="${value}" scope="${value}">${text}</th></tr></thead>
<tbody><tr><td rowspan="${value}" align="${value}" styleCode="${value}">${text}</td>${text}</tr></tbody></table>
<renderMultiMedia referencedObject="M1 ${value}"><caption>${text}</caption></renderMultiMedia><renderMultiMedia referencedObject="M2"/><renderMultiMedia referencedObject="M3"/>
<script>${text}</script><style>${text}</style><img src="${value}" onerror="${value}"/><svg><a href="${value}">${text}</a></svg></text>
<entry><observationMedia ID="M1"><value mediaType="${value}" representation="B64">${Buffer.from(payload).toString("base64")}</value></observationMedia></entry>
<entry><observationMedia ID="M2"><value mediaType="image/png"><reference value="${value}"/></value></observationMedia></entry>
<entry><observationMedia ID="M3"><value mediaType="text/plain">${text}</value></observationMedia></entry></section></component>`,
  );
  // And in the header: titles, names, organisations, codes, times, addresses.
  const header = Buffer.from(cda).toString("utf8");
  return Buffer.from(
    ["Compte rendu de biologie", "CH EXEMPLE", "LEROY", "Anne", "MOREL", "Élodie Marie", "MME"]
      .reduce((xml, word) => xml.replaceAll(`>${word}<`, () => `>${text}<`), header)
      .replace(/displayName="[^"]*"/g, () => `displayName="${value}"`)
      .replace(/(<birthTime|<time|<versionNumber) value="[^"]*"/g, (_, tag: string) => `${tag} value="${value}"`)
      .replace('code="fr-FR"', () => `code="${value}"`)
      .replace('extension="IPP0042"', () => `extension="${value}"`),
  );
}
