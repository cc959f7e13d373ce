import type { RunRecord } from "../judge/run.js";
import { bringsDocuments } from "../mail/kinds.js";
import { contentOf } from "../mail/parts.js";
import type { SentMail } from "../mail/sent-mail.js";
import { cdasOf, whereOf } from "../mail/sent-mail.js";
import type { Both } from "../types.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** Faults of the archive that a sender must not make; those of its content are judged apart. */
const WRONG: Readonly<Record<string, ReturnType<typeof both>>> = {
  archive_ambiguous: both("L'archive contient des entrées cachées.", "The archive hides entries."),
  archive_checksum_mismatch: both("Un fichier de l'archive est endommagé.", "A file of the archive is damaged."),
  archive_nested: both("L'archive contient une autre archive.", "The archive holds another archive."),
  archive_stray_bytes: both(
    "L'archive contient des octets hors de ses entrées.",
    "The archive has bytes outside of its entries.",
  ),
  xdm_folder_missing: both("Le dossier IHE_XDM manque dans l'archive.", "The folder IHE_XDM is not in the archive."),
  xdm_folder_misplaced: both("Le dossier IHE_XDM n'est pas à la racine.", "The folder IHE_XDM is not at the root."),
  xdm_file_missing: both("INDEX.HTM ou README.TXT manque à la racine.", "INDEX.HTM or README.TXT is not at the root."),
  xdm_document_missing: both("Un document des métadonnées manque.", "A document of the metadata is not there."),
  xdm_uri_wrong: both("L'URI d'un document ne mène à aucun fichier.", "The URI of a document leads nowhere."),
  xdm_metadata_misnamed: both(
    "Le fichier des métadonnées ne s'appelle pas METADATA.XML.",
    "METADATA.XML has another name.",
  ),
  xdm_hash_mismatch: both("L'empreinte (hash) d'un document est fausse.", "The hash of a document is wrong."),
  xdm_hash_absent: both("Les métadonnées ne donnent pas l'empreinte.", "The metadata give no hash."),
  xdm_size_mismatch: both("La taille d'un document est fausse.", "The size of a document is wrong."),
  xdm_size_absent: both("Les métadonnées ne donnent pas la taille.", "The metadata give no size."),
  xdm_unique_id_missing: both("Un document n'a pas d'identifiant unique.", "A document has no unique identifier."),
  xdm_unique_id_repeated: both(
    "Deux documents ont le même identifiant unique.",
    "Two documents have one unique identifier.",
  ),
  xdm_submission_set_missing: both("Le lot de soumission manque.", "There is no submission set."),
  xdm_metadata_invalid: both("METADATA.XML est illisible.", "METADATA.XML cannot be read."),
};

/** Another file that looks like the archive: a zip that holds METADATA.XML, or a CDA by itself. */
function misplaced(mail: SentMail): string | undefined {
  for (const part of mail.attachments) {
    const bytes = Buffer.from(contentOf(mail.raw, part));
    if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes.includes("METADATA.XML")) return part.filename ?? part.path;
    if (/xml/.test(part.type) && bytes.subarray(0, 20_000).includes("ClinicalDocument"))
      return part.filename ?? part.path;
  }
  return undefined;
}

/** ISO 9660 level 1 (ITI-32): eight capitals, digits or underscores, and three. */
const LEVEL_1 = /^[A-Z0-9_]{1,8}(?:\.[A-Z0-9_]{1,3})?$/;

/** What is wrong with the files of an archive whose documents are all there and read. */
function wrongFile(mail: SentMail, run: RunRecord): { what: Both; where: string } | undefined {
  const { opened } = mail.archive ?? {};
  const [unlisted] = mail.strays.filter(({ where }) => where === "archive");
  if (unlisted)
    return {
      what: both(
        "L'archive contient un CDA que METADATA.XML ne nomme pas.",
        "The archive holds a CDA that METADATA.XML does not name.",
      ),
      where: run.mask.health(unlisted.path, KEPT),
    };
  if (mail.strays.length > 0)
    return {
      what: both(
        "Un document de santé est joint autrement que dans IHE_XDM.ZIP.",
        "A health document is joined otherwise than in IHE_XDM.ZIP.",
      ),
      where: "",
    };
  for (const name of ["uniqueId", "sourceId", "submissionTime"] as const)
    if (opened?.submissionSets.some((set) => (set[name] ?? "") === ""))
      return {
        what: both(`Le lot de soumission n'a pas ${name}.`, `The submission set has no ${name}.`),
        where: "METADATA.XML",
      };
  for (const { path, content } of opened?.otherFiles ?? []) {
    if (!/(?:^|\/)metadata\.xml$/i.test(path)) continue;
    if (!path.endsWith("METADATA.XML") && WRONG["xdm_metadata_misnamed"])
      return { what: WRONG["xdm_metadata_misnamed"], where: run.mask.health(path, KEPT) };
    if (!holdsMembers(Buffer.from(content ?? "").toString("latin1")))
      return {
        what: both(
          "METADATA.XML ne rattache aucun document au lot de soumission (HasMember).",
          "METADATA.XML joins no document to the submission set (HasMember).",
        ),
        where: path,
      };
  }
  const named = opened?.documents.find(({ path }) => path.split("/").some((part) => !LEVEL_1.test(part)));
  return (
    named && {
      what: both(
        "Le nom d'un fichier n'est pas de la forme 8.3, en majuscules, chiffres et tirets bas (ISO 9660 niveau 1).",
        "A file's name is not of 8.3 characters: capitals, digits and underscores (ISO 9660 level 1).",
      ),
      where: run.mask.health(named.path, KEPT),
    }
  );
}

/** By an association, or because the package of ebRIM holds them. */
const holdsMembers = (metadata: string): boolean =>
  metadata.includes("AssociationType:HasMember") ||
  /<(?:\w+:)?RegistryPackage\b[\s\S]*<(?:\w+:)?RegistryObjectList\b/.test(metadata);

const KEPT = ["IHE_XDM/", "SUBSET01/"];

/** The archive of a mail, as a file: it is there, opens, and holds what its metadata say (ITI-32). */
export const archive: readonly Check[] = [
  {
    id: "xdm-archive",
    rows: ["ECO.2.1.1"],
    scope: "mail",
    shows: both(
      "IHE_XDM.ZIP joint, ouvert, conforme à ses métadonnées",
      "IHE_XDM.ZIP joined, opened, as its metadata say",
    ),
    look({ mail, run }, tell) {
      if (mail.kind !== "message") return;
      const where = whereOf(mail, "IHE_XDM.ZIP");
      const stray = mail.archive ? undefined : misplaced(mail);
      if (stray !== undefined) {
        tell.breach(
          both(
            "Un document de santé est joint autrement que dans IHE_XDM.ZIP.",
            "A health document is joined otherwise than in IHE_XDM.ZIP.",
          ),
          whereOf(mail),
        );
        return;
      }
      if (!bringsDocuments(mail)) return;
      if (!mail.archive) {
        tell.breach(
          both(
            "L'objet annonce des documents (XDM/1.0/DDM) mais IHE_XDM.ZIP n'est pas joint.",
            "The subject announces documents (XDM/1.0/DDM) but IHE_XDM.ZIP is not joined.",
          ),
          where,
        );
        return;
      }
      if (!mail.archive.opened) {
        const code = mail.archive.error ?? "";
        tell.breach(
          both(`IHE_XDM.ZIP ne peut pas être ouvert (${code}).`, `IHE_XDM.ZIP cannot be opened (${code}).`),
          where,
        );
        return;
      }
      const problem = mail.archive.opened.problems.find(({ code }) => WRONG[code] !== undefined);
      const wrong = problem && WRONG[problem.code];
      if (problem && wrong) {
        const path = (problem.path ?? "").slice(0, 100);
        tell.breach(wrong, path === "" ? where : `${where}, ${path}`);
      } else if (cdasOf(mail) === undefined)
        tell.breach(
          both("Un document de l'archive n'est pas un CDA lisible.", "A document of the archive is no readable CDA."),
          where,
        );
      else {
        const told = wrongFile(mail, run);
        if (told) tell.breach(told.what, told.where === "" ? where : `${where}, ${told.where}`);
        else tell.ok(where);
      }
    },
  },
  {
    id: "xdm-attachment",
    rows: ["ECO.2.1.1"],
    scope: "mail",
    guard: true,
    shows: both("Une seule archive, de type application/zip", "One archive, of type application/zip"),
    look({ mail }, tell) {
      if (!mail.archive || !bringsDocuments(mail)) return;
      const where = whereOf(mail, "IHE_XDM.ZIP");
      const same = mail.attachments.filter((part) => /^ihe_xdm\.zip$/i.test(part.filename?.trim() ?? ""));
      const { type, disposition } = mail.archive.part;
      if (same.length > 1)
        tell.breach(both("IHE_XDM.ZIP est joint plusieurs fois.", "IHE_XDM.ZIP is joined several times."), where);
      else if (type !== "application/zip" && type !== "application/x-zip-compressed")
        tell.breach(
          both(
            `L'archive est de type ${type.slice(0, 60)} ; attendu : application/zip.`,
            `The archive is of type ${type.slice(0, 60)}; expected: application/zip.`,
          ),
          where,
        );
      else if (disposition !== "attachment")
        tell.breach(
          both(
            "L'archive n'est pas une pièce jointe (Content-Disposition).",
            "The archive is no attachment (Content-Disposition).",
          ),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "pdf-beside",
    rows: ["ECO.2.1.1"],
    scope: "mail",
    guard: true,
    shows: both("Un PDF à côté de l'archive pour chaque CDA", "One PDF beside the archive for each CDA"),
    look({ mail }, tell) {
      const cdas = cdasOf(mail);
      if (!cdas || !bringsDocuments(mail)) return;
      const wanted = cdas.filter(({ action }) => action !== "delete").length;
      if (wanted === 0) return;
      const where = whereOf(mail, "PDF");
      if (mail.pdfs.length < wanted)
        tell.breach(
          both(
            `${mail.pdfs.length} PDF joint(s) pour ${wanted} document(s) CDA ; attendu : un par document.`,
            `${mail.pdfs.length} PDF joined for ${wanted} CDA documents; expected: one each.`,
          ),
          where,
        );
      else tell.ok(where);
    },
  },
];
