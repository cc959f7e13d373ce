import { declaresPdfA1, looksLikePdf } from "../../pdf-file.js";
import { agreesWithCda } from "../mail/agreement.js";
import { bringsDocuments, isForwarded } from "../mail/kinds.js";
import type { Names } from "../mail/naming.js";
import { loosely, namesOf } from "../mail/naming.js";
import { matchPdfs } from "../mail/pairs.js";
import type { SentPdf } from "../mail/sent-mail.js";
import { whereOf } from "../mail/sent-mail.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** What a file name may not hold may have become anything. */
const safe = (text: string) => text.replace(/[/\\:*?"<>|\u0000-\u001f]/g, "-");

const labelFits = (told: string, labels: readonly string[]) =>
  labels.length === 0 ? [...told].length <= 40 : labels.some((label) => loosely(safe(label)) === loosely(told));

/** What is wrong with the name of a PDF; undefined where all is well. */
function wrongName(name: string, names: Names) {
  const { date, family, given, labels } = names;
  if (date === undefined || family === undefined || given === undefined) return undefined;
  if (!/\.pdf$/i.test(name)) return both("l'extension n'est pas .pdf", "the extension is not .pdf");
  const stem = name.slice(0, -4);
  if (!stem.startsWith(`${date}_`))
    return both(
      "le nom ne commence pas par la date de l'acte, AAAAMMJJ",
      "the name does not begin by the date of the act, YYYYMMDD",
    );
  // The label may hold an underscore: the name is looked for behind it.
  const rest = stem.slice(9);
  const [nom, prenom] = [safe(family), safe(given)];
  for (let at = rest.indexOf(`_${nom}_`); at >= 0; at = rest.indexOf(`_${nom}_`, at + 1)) {
    const after = rest.slice(at + nom.length + 2);
    if (after.slice(0, prenom.length).toLowerCase() !== prenom.toLowerCase()) continue;
    const tail = after.slice(prenom.length);
    if (tail !== "" && !/^(?:_.+|-\d+)$/.test(tail)) continue;
    if (labelFits(rest.slice(0, at), labels)) return undefined;
    return both(
      "le type n'est pas le libellé du document (40 caractères au plus)",
      "the type is not the label of the document (40 characters at most)",
    );
  }
  return both(
    "NOM (majuscules sans accent) et prénom ne suivent pas le type",
    "NOM (capitals without accent) and first name do not follow the type",
  );
}

const short = (pdf: SentPdf) => `PDF ${pdf.part.path}`;

/** The PDF beside the archive. */
export const pdf: readonly Check[] = [
  {
    id: "pdf-of-cda",
    rows: ["ECO.2.1.5"],
    scope: "mail",
    shows: both(
      "PDF issu du CDA : identique (N1), ou PDF/A-1 (N3)",
      "PDF made from the CDA: identical (N1), or PDF/A-1 (N3)",
    ),
    look({ mail }, tell) {
      if (!bringsDocuments(mail)) return;
      for (const { document, pdf: joined, same } of matchPdfs(mail)) {
        if (!joined) continue;
        const where = whereOf(mail, short(joined));
        const level = document.cda.body.level === "N1" && /^application\/pdf/i.test(document.cda.body.mediaType ?? "");
        if (!looksLikePdf(joined.bytes))
          tell.breach(both("Le fichier joint n'est pas un PDF.", "The joined file is no PDF."), where);
        else if (level && !same)
          tell.breach(
            both(
              "Le PDF n'est pas, octet pour octet, celui que le CDA de niveau 1 contient.",
              "The PDF is not, byte for byte, the one in the CDA of level 1.",
            ),
            where,
          );
        else if (!level && !declaresPdfA1(joined.bytes))
          tell.breach(both("Le PDF ne se déclare pas PDF/A-1.", "The PDF does not declare PDF/A-1."), where);
        else {
          const agreement = level ? "agrees" : agreesWithCda(joined.bytes, document.cda, document.bytes);
          if (agreement === "other-narrative")
            tell.breach(
              both(
                "Le PDF n'est pas celui du document : le texte du CDA de niveau 3 n'y est pas.",
                "The PDF is not that of the document: the narrative of the level-3 CDA is not in it.",
              ),
              where,
            );
          else if (agreement === "no-header")
            tell.breach(
              both(
                "Le PDF n'a ni titre, ni auteur, ni organisation du CDA.",
                "The PDF has neither title, author nor organisation of the CDA.",
              ),
              where,
            );
          else tell.ok(where);
        }
      }
    },
  },
  {
    id: "pdf-name",
    rows: ["ECO.2.1.6"],
    scope: "mail",
    shows: both("PDF nommé <AAAAMMJJ>_<type>_<NOM>_<prénom>.pdf", "PDF named <YYYYMMDD>_<type>_<NOM>_<first name>.pdf"),
    look({ mail, run }, tell) {
      if (!bringsDocuments(mail) || isForwarded(mail)) return;
      const matched = matchPdfs(mail);
      for (const { document, pdf: joined } of matched) {
        if (!joined) continue;
        const where = whereOf(mail, short(joined));
        const names = namesOf(document.cda);
        const name = (joined.name ?? "").trim();
        // Two documents of level 3 cannot be told apart by their bytes: the name may be that of either.
        const fits = matched.some(({ document: other }) => wrongName(name, namesOf(other.cda)) === undefined);
        const wrong = fits ? undefined : (wrongName(name, names) ?? both("le nom manque", "the name is missing"));
        if (!wrong) tell.ok(where);
        else {
          const found = run.mask.health(name, names.labels);
          const wanted = `${names.date}_${names.labels[0] ?? "<type>"}_${run.mask.health(`${names.family}_${names.given}`)}.pdf`;
          tell.breach(
            both(
              `Nom « ${found} » : ${wrong.fr} ; attendu : « ${wanted} ».`,
              `Name "${found}": ${wrong.en}; expected: "${wanted}".`,
            ),
            where,
          );
        }
      }
    },
  },
];
