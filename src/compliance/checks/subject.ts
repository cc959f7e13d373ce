import { bringsDocuments, isForwarded, isKo } from "../mail/kinds.js";
import type { Names } from "../mail/naming.js";
import { loosely, namesOf, plainLetters } from "../mail/naming.js";
import type { SentMail } from "../mail/sent-mail.js";
import { cdasOf, whereOf } from "../mail/sent-mail.js";
import type { Both } from "../types.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

const MARKER = "XDM/1.0/DDM+";

/** What is wrong with the subject of a mail of documents; undefined where all is well. */
function wrongSubject(subject: string, count: number, names: Names): Both | undefined {
  if (!subject.startsWith(MARKER))
    return both(`l'objet ne commence pas par ${MARKER}`, `the subject does not begin by ${MARKER}`);
  const { family, given, birth } = names;
  if (family === undefined || given === undefined) return undefined;
  // The mention of a new version may stand behind the marker (AMBU.MSS/va1.02); its form is free.
  const rest = subject.slice(MARKER.length).replace(/^\s*\[[^\]]*annule[^\]]*\]\s*/i, "");
  const labels = count > 1 ? [`${count} documents`] : names.labels;
  const label =
    labels.length === 0
      ? new RegExp(`^.{1,40}(?= ${escaped(family)} )`).exec(rest)?.[0]
      : labels
          .map((one) => rest.slice(0, one.length))
          .find((begin, at) => loosely(begin) === loosely(labels[at] ?? ""));
  if (label === undefined || rest[label.length] !== " ")
    return both(
      `le libellé n'est pas « ${labels[0] ?? "…"} » (40 caractères au plus)`,
      `the label is not "${labels[0] ?? "…"}" (40 characters at most)`,
    );
  let left = rest.slice(label.length + 1);
  if (!left.startsWith(`${family} `))
    return both(
      "le NOM n'est pas en majuscules sans accent après le libellé",
      "the NOM is not in capitals without accent after the label",
    );
  left = left.slice(family.length + 1);
  const first = left.slice(0, given.length);
  if (first.toLowerCase() !== given.toLowerCase())
    return both(
      "le prénom n'est pas écrit sans accent après le NOM",
      "the first name is not written without accent after the NOM",
    );
  left = left.slice(given.length);
  if (left === "") return undefined;
  if (!left.startsWith(" "))
    return both("le prénom est suivi d'autre chose", "the first name is followed by something else");
  const date = left.slice(1).split(" ", 1)[0] ?? "";
  if (!/\d/.test(date)) return undefined;
  if (birth === undefined || date !== birth)
    return /^\d{2}\/\d{2}\/\d{4}$/.test(date)
      ? both("la date n'est pas la date de naissance du CDA", "the date is not the birth date of the CDA")
      : both("la date n'est pas écrite JJ/MM/AAAA", "the date is not written DD/MM/YYYY");
  return undefined;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What the subject should have been, for evidence. */
function expected(count: number, { labels, family, given, birth }: Names, health: (text: string) => string): string {
  const label = count > 1 ? `${count} documents` : (labels[0] ?? "<libellé>");
  return `${MARKER}${label} ${[family, given, birth]
    .map((part) => health(part ?? ""))
    .join(" ")
    .trim()}`;
}

/** The subject of a mail of documents. */
export const subject: readonly Check[] = [
  {
    id: "xdm-subject",
    rows: ["ECO.2.1.3"],
    scope: "mail",
    shows: both(
      "Objet XDM/1.0/DDM+<libellé> <NOM> <prénom> <date>, conforme au CDA",
      "Subject XDM/1.0/DDM+<label> <NOM> <first name> <date>, as the CDA says",
    ),
    look({ mail, run }, tell) {
      const cdas = cdasOf(mail);
      const [first] = cdas ?? [];
      if (!cdas || !first || !bringsDocuments(mail) || isForwarded(mail)) return;
      const where = whereOf(mail, "Subject");
      const text = (mail.subject ?? "").replace(/\s+/g, " ").trim();
      const names = namesOf(first.cda);
      const wrong = wrongSubject(text, cdas.length, names);
      if (!wrong) {
        tell.ok(where);
        return;
      }
      const kept = [MARKER, ...names.labels, "documents"];
      const found = run.mask.health(text, kept);
      const wanted = expected(cdas.length, names, (part) => run.mask.health(part));
      tell.breach(
        both(
          `Objet « ${found} » : ${wrong.fr} ; attendu : « ${wanted} ».`,
          `Subject "${found}": ${wrong.en}; expected: "${wanted}".`,
        ),
        where,
      );
    },
  },
  {
    id: "detected",
    rows: ["in-detect"],
    scope: "mail",
    shows: both(
      "Détectable par IHE_XDM.ZIP ou par le début de l'objet",
      "Detected by IHE_XDM.ZIP or by the beginning of the subject",
    ),
    look({ mail }, tell) {
      if (mail.kind !== "message" || !hasDocuments(mail)) return;
      const where = whereOf(mail, "Subject");
      if (isForwarded(mail) || isKo(mail)) return;
      if (/^\s*\[[^\]]*annule/i.test(mail.subject ?? ""))
        tell.breach(
          both(
            "La mention « annule et remplace » précède XDM/1.0/DDM : la détection par l'objet échoue.",
            "The mention stands before XDM/1.0/DDM: who detects by the subject misses it.",
          ),
          where,
        );
      else if (mail.archive || /^XDM\/1\.0\/DDM/.test(mail.subject ?? "")) tell.ok(where);
      else
        tell.breach(
          both(
            "Ni IHE_XDM.ZIP ni XDM/1.0/DDM ne permettent de reconnaître le courriel.",
            "Neither IHE_XDM.ZIP nor XDM/1.0/DDM tells the mail.",
          ),
          where,
        );
    },
  },
  {
    id: "replacement-mention",
    rows: ["AMBU.MSS-va1.02"],
    scope: "mail",
    shows: both(
      "Nouvelle version : mention « annule et remplace » et action C",
      "New version: the mention and action C",
    ),
    look({ mail }, tell) {
      const cdas = cdasOf(mail);
      if (!cdas || !bringsDocuments(mail) || isForwarded(mail)) return;
      const replaces = cdas.some(({ action }) => action === "replace");
      const said = mentionsReplacement(mail);
      const newer = cdas.some(({ cda }) => cda.header.relatedDocuments.some(({ typeCode }) => typeCode === "RPLC"));
      const where = whereOf(mail, "Subject");
      if (replaces && !said)
        tell.breach(
          both(
            "Le document remplace une version (action C) mais ni l'objet ni le corps ne portent « annule et remplace ».",
            "The document replaces a version (action C) but neither subject nor body says so.",
          ),
          where,
        );
      else if (said && !replaces && cdas.every(({ action }) => action === "create"))
        tell.breach(
          both(
            "Le courriel porte « annule et remplace » mais les métadonnées n'ont pas l'action C.",
            "The mail says that it replaces but the metadata have no action C.",
          ),
          whereOf(mail, "METADATA.XML"),
        );
      else if (replaces && !newer && cdas.every(({ cda }) => (cda.header.versionNumber ?? 1) < 2))
        tell.breach(
          both(
            "Le CDA qui remplace n'est pas une nouvelle version (versionNumber, RPLC).",
            "The CDA that replaces is no new version (versionNumber, RPLC).",
          ),
          whereOf(mail, "CDA"),
        );
      else if (replaces) tell.ok(where);
    },
  },
];

const hasDocuments = (mail: SentMail) => mail.archive !== undefined || /XDM\/1\.0\/DDM/i.test(mail.subject ?? "");

function mentionsReplacement(mail: SentMail): boolean {
  const text = [mail.subject ?? "", ...mail.texts.map(({ text: body }) => body.slice(0, 100_000))].join("\n");
  return /annule\s+et\s+remplace/i.test(plainLetters(text).replace(/<[^>]{0,200}>/g, " "));
}
