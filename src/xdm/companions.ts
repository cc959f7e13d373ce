import { escapeAttribute, escapeText, stripForbidden } from "../xml/index.js";
import type { PackInput } from "./types.js";

/** Who sends, for a person who opens the archive by hand. */
export interface Sender {
  name: string;
  idNat?: string;
  contact?: string;
}

const LETTERS: Readonly<Record<string, string>> = {
  œ: "oe",
  Œ: "OE",
  æ: "ae",
  Æ: "AE",
  "’": "'",
  "‘": "'",
  "«": '"',
  "»": '"',
  "–": "-",
  "—": "-",
  "…": "...",
};

/** Seven-bit text: accents dropped, what has no ASCII form becomes `?`. */
export function ascii(text: string): string {
  return text
    .replace(/[œŒæÆ’‘«»–—…]/g, (letter) => LETTERS[letter] as string)
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/\s+/g, " ")
    .replace(/[^\x20-\x7e]/g, "?")
    .trim();
}

/**
 * README.TXT (ITI TF-2 3.32.4.1.2.1): who sends, with which product, and how the archive is made. ASCII, lines ended by
 * CRLF, as the ANS text says (the official archives have neither: xdm.md §1.2).
 */
export function readme(sender: Sender, software: PackInput["software"], names: readonly string[]): string {
  const line = (label: string, value: string | undefined) => (value ? [`  ${label} : ${ascii(value)}`] : []);
  const lines = [
    "EMETTEUR",
    ...line("Structure", sender.name),
    ...line("Identifiant national", sender.idNat),
    ...line("Contact", sender.contact),
    "",
    "LOGICIEL EMETTEUR",
    ...line("Nom", software.name),
    ...line("Version", software.version),
    ...line("Editeur", software.publisher),
    ...line("Contact", software.contact),
    "",
    "MODE D'EMPLOI",
    "  Cette archive IHE XDM contient des documents de sante d'un patient.",
    "  Elle se lit avec un logiciel de sante compatible avec MSSante.",
    "",
    "CONTENU",
    "  INDEX.HTM, README.TXT : presentation de l'archive",
    "  IHE_XDM/SUBSET01/METADATA.XML : description du lot de documents",
    ...names.map((name) => `  IHE_XDM/SUBSET01/${name} : document`),
    "",
  ];
  return lines.join("\r\n");
}

/** INDEX.HTM (ITI TF-2 3.32.4.1.2.1): XHTML Basic; says which structure sends, links to README.TXT. */
export function indexPage(sender: Sender, names: readonly string[]): string {
  const text = (value: string) => escapeText(stripForbidden(value));
  const link = (target: string, label: string) => `<a href="${escapeAttribute(target)}">${text(label)}</a>`;
  const who = sender.idNat ? `${sender.name} (${sender.idNat})` : sender.name;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.0//EN" "http://www.w3.org/TR/xhtml-basic/xhtml-basic10.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">
<head><title>Archive IHE XDM</title></head>
<body>
<h1>Archive IHE XDM</h1>
<p>Emetteur : ${text(who)}</p>
<p>${link("README.TXT", "README.TXT")}</p>
<ul>
${names.map((name) => `<li>${link(`IHE_XDM/SUBSET01/${name}`, name)}</li>`).join("\n")}
</ul>
</body>
</html>
`;
}
