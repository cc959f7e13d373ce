import { GIF, level3, mediaEntry, png } from "./kit.js";

/** A laboratory report of the project's own: a wide table that is longer than a page. */
export function biology(rows = 60): Uint8Array {
  const head = ["Analyse", "Résultat", "Unité", "Valeurs de référence", "Antériorité", "Technique"];
  const row = (index: number): string =>
    `<tr><td>Dosage n° ${index}</td><td align="right">${(index * 1.37).toFixed(2).replace(".", ",")}</td><td>µg/L</td><td>≥ 1,20 et ≤ ${index + 2}</td>` +
    `<td align="right">${(index * 1.31).toFixed(2).replace(".", ",")}</td><td>Immunoturbidimétrie</td></tr>`;
  return level3(
    `<component><section ID="S1"><title>Biochimie</title><text><paragraph>Prélèvement sanguin du <content styleCode="Bold">04/01/2026</content>, à jeun. Seuil d'alerte&#160;: voir <linkHtml href="#S2">la conclusion</linkHtml>.</paragraph>
<table><caption>Résultats</caption><thead><tr>${head.map((each) => `<th>${each}</th>`).join("")}</tr></thead><tbody>${Array.from({ length: rows }, (_, index) => row(index + 1)).join("")}</tbody></table></text></section></component>
<component><section ID="S2"><title>Conclusion</title><text><paragraph>Bilan sans particularité<footnote ID="F1">Selon les valeurs du laboratoire.</footnote>. β-HCG négative ; ferritine ↑.</paragraph></text></section></component>`,
  );
}

/** A letter: nested sections, long paragraphs, lists of every kind. */
export function letter(): Uint8Array {
  const long =
    "Je vous remercie de m'avoir adressé cette patiente, que j'ai vue en consultation ce jour pour le suivi de son hypertension artérielle. ";
  return level3(
    `<component><section><title>Motif</title><text><paragraph>${long.repeat(6)}</paragraph><paragraph styleCode="Italics">${long.repeat(2)}</paragraph></text>
<component><section><title>Antécédents</title><text><list listType="ordered" styleCode="LittleRoman"><item>Appendicectomie (1995)</item><item>Thyroïdectomie <content styleCode="Underline">partielle</content> (2003)</item></list></text></section></component>
<component><section><title>Traitement</title><text><list><caption>À poursuivre</caption><item>Ramipril 5&#160;mg, 1 par jour</item><item>Lévothyrox 75&#160;µg<list listType="ordered"><item>le matin</item><item>à jeun</item></list></item></list></text></section></component></section></component>
<component><section><title>Conclusion</title><text>Tension à 13/8. CO<sub>2</sub> normal, surface 1,72&#160;m<sup>2</sup>.<br/>Prochaine consultation dans six mois.</text></section></component>`,
  );
}

/** A report with images: opaque, transparent, GIF, one that is missing. */
export function imaging(): Uint8Array {
  const red = png(60, 40, [180, 20, 20]).toString("base64");
  const veil = png(60, 40, [20, 20, 180, 90]).toString("base64");
  const entries =
    mediaEntry("I1", "image/png", red) + mediaEntry("I2", "image/png", veil) + mediaEntry("I3", "image/gif", GIF);
  return level3(
    `<component><section><title>Imagerie</title><text><paragraph>Incidence de face et de profil.</paragraph>
<table><thead><tr><th>Face</th><th colspan="2">Profil</th></tr></thead><tbody><tr><td rowspan="2"><renderMultiMedia referencedObject="I1"/></td><td>droit</td><td>gauche</td></tr><tr><td><renderMultiMedia referencedObject="I2"><caption>Voile</caption></renderMultiMedia></td><td><renderMultiMedia referencedObject="I3"/></td></tr></tbody></table>
<renderMultiMedia referencedObject="I9"/></text>${entries}</section></component>`,
  );
}
