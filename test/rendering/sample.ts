import { GIF, level3, mediaEntry, png } from "./kit.js";

/** A document of the project's own that has one of each thing that a narrative may hold. */
export function everyKind(): Uint8Array {
  const wide = (tag: string, text: string): string =>
    Array.from({ length: 9 }, (_, index) => `<${tag}>${text} ${index + 1}</${tag}>`).join("");
  return level3(
    `<component><section ID="bio"><title>Biologie<footnote>Note du titre.</footnote></title>
<author><assignedAuthor><assignedPerson><name><family>PETIT</family><given>Luc</given></name></assignedPerson></assignedAuthor></author>
<text><paragraph ID="p1">Prélèvement du 05/01/2026, <content styleCode="Bold">à jeun</content>, 10<sup>9</sup>/L, H<sub>2</sub>O,
<content styleCode="Italics">α-fœtoprotéine</content> <content styleCode="Underline">souligné</content>
<content revised="delete">10 mg</content> <content revised="insert">5 mg</content>, voir <linkHtml href="#tab1">le tableau</linkHtml>
et <linkHtml href="https://www.has-sante.fr/">la HAS</linkHtml> ou <linkHtml href="CR.xml">un fichier</linkHtml>.<footnote ID="n1">Note du texte.</footnote></paragraph>
<table ID="tab1" border="1"><caption>Hémogramme</caption><thead><tr><th/><th colspan="2">Résultats</th><th rowspan="2">Valeurs de référence</th></tr>
<tr><th>Examen</th><th>Du jour</th><th>Antérieur</th></tr></thead>
<tfoot><tr><td colspan="4">Validé par le Dr LEROY</td></tr></tfoot>
<tbody><tr><th>Hémoglobine</th><td align="right" styleCode="Bold Rrule">9,1</td><td align="right">13,2</td><td>12 à 16</td></tr>
<tr><th colspan="4">Formule</th></tr><tr><th>Lymphocytes</th><td align="right">2,1</td><td align="right">2,0</td><td>1 à 4<footnoteRef IDREF="n1"/></td></tr></tbody></table>
<table><thead><tr>${wide("th", "Antibiotique")}</tr></thead><tbody><tr>${wide("td", "Sensible")}</tr></tbody></table></text></section></component>
<component><section><title>Traitement</title><text><list listType="ordered"><caption>Ordonnance</caption><item>Fer<list><item>matin</item><item>soir</item></list></item>
<item><caption>Folates</caption>5 mg</item></list></text>
<component><section><code code="1" codeSystem="2.16.840.1.113883.6.1" displayName="Images"/><text>
<renderMultiMedia referencedObject="M1 M2"><caption>Deux images</caption></renderMultiMedia><renderMultiMedia referencedObject="M3"/>
<renderMultiMedia referencedObject="M4"/><renderMultiMedia referencedObject="M9"/></text>
${mediaEntry("M1", "image/png", png(40, 30, [20, 80, 140]).toString("base64"))}${mediaEntry("M2", "image/gif", GIF)}
${mediaEntry("M3", "application/pdf", Buffer.from("%PDF-1.4\n").toString("base64"))}${mediaEntry("M4", "text/plain", Buffer.from("Texte joint").toString("base64"))}
</section></component></section></component>`,
    { versionNumber: 2, relatedDocuments: [{ typeCode: "RPLC", id: "1.2.250.1.999.1.1.7^D0" }] },
  );
}
