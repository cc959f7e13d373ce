import type { Block, Line, Paper } from "../paper.js";
import { paperToHtml, paperToMarkdown } from "../paper.js";
import type { Bilingual, Lang } from "../text.js";
import { dayIn, say } from "../text.js";
import { CERTIFICATE_ORDER, type Certainty, type CertificateStep, type RenewalStep } from "./order.js";
import type { SheetSource, TechnicalSheet } from "./types.js";

const SOURCES: Readonly<Record<SheetSource, Bilingual>> = {
  configuration: say("configuration", "configuration"),
  certificate: say("certificat", "certificate"),
  declared: say("déclaré", "declared"),
  measured: say("mesuré dans la boîte d'envoi", "measured in the outbox"),
  connector: say("connecteur", "connector"),
  missing: say("–", "–"),
};

const CERTAINTIES: Readonly<Record<Certainty, Bilingual>> = {
  certain: say("lu dans une source de l'ANS", "read at ANS"),
  inferred: say("déduit", "inferred"),
  uncertain: say("à demander", "to be asked"),
};

const tell = (text: string | Bilingual, lang: Lang): string => (typeof text === "string" ? text : text[lang]);

const titled = (fr: string, en: string, lang: Lang): Block => ({ kind: "heading", text: lang === "fr" ? fr : en });

/** The sheet and, where a renewal is given, when the next certificate is due. */
export function sheetPaper(sheet: TechnicalSheet, lang: Lang, renewal: readonly RenewalStep[] = []): Paper {
  const headings = lang === "fr" ? ["Rubrique", "Valeur", "Origine"] : ["Item", "Value", "From"];
  const blank = lang === "fr" ? "à compléter" : "to complete";
  const blocks: Block[] = [
    {
      kind: "paragraph",
      line:
        lang === "fr"
          ? `À l'attention du Mipih. Établie le ${dayIn(sheet.date, lang)} par medimail-connector.`
          : `For Mipih. Made on ${sheet.date} by medimail-connector.`,
    },
  ];
  if (sheet.findings.length > 0) {
    blocks.push(titled("À vérifier avant l'envoi", "To look at before it is sent", lang), {
      kind: "list",
      items: sheet.findings.map(({ severity, message }) => {
        const mark =
          severity === "error" ? (lang === "fr" ? "Erreur" : "Error") : lang === "fr" ? "Attention" : "Warning";
        return `${mark}${lang === "fr" ? " :" : ":"} ${message[lang]}`;
      }),
    });
  }
  for (const { title, rows } of sheet.sections) {
    blocks.push(
      { kind: "heading", text: title[lang] },
      {
        kind: "table",
        caption: "",
        headings,
        rows: rows.map(({ label, value, source }): readonly Line[] => [
          label[lang],
          value === undefined ? [{ blank }] : dayIn(tell(value, lang), lang),
          SOURCES[source][lang],
        ]),
      },
    );
  }
  if (renewal.length > 0) {
    blocks.push(titled("Renouvellement du certificat", "Renewal of the certificate", lang), {
      kind: "table",
      caption: lang === "fr" ? "Au plus tard (délais proposés par nos soins)" : "At the latest (our delays)",
      headings: lang === "fr" ? ["Étape", "Avant le", "Qui", "Action"] : ["Step", "By", "Who", "What"],
      rows: renewal.map(({ title, by, late, who, what }) => [
        title[lang],
        late ? `${dayIn(by, lang)} (${lang === "fr" ? "dépassé" : "past"})` : dayIn(by, lang),
        who[lang],
        what[lang],
      ]),
    });
  }
  return {
    title: lang === "fr" ? "Fiche technique du connecteur MSSanté" : "Technical sheet of the MSSanté connector",
    blocks,
  };
}

export const sheetToHtml = (sheet: TechnicalSheet, lang: Lang = "fr", renewal?: readonly RenewalStep[]): string =>
  paperToHtml(sheetPaper(sheet, lang, renewal), lang);

export const sheetToMarkdown = (sheet: TechnicalSheet, lang: Lang = "fr", renewal?: readonly RenewalStep[]): string =>
  paperToMarkdown(sheetPaper(sheet, lang, renewal));

/** How a certificate is ordered, and renewed where its end is known. */
export function certificatePaper(lang: Lang, renewal: readonly RenewalStep[] = []): Paper {
  const table = (fr: string, en: string, steps: readonly (CertificateStep & { by?: string })[]): Block => ({
    kind: "table",
    caption: lang === "fr" ? fr : en,
    headings: lang === "fr" ? ["Étape", "Qui", "Action", "Certitude"] : ["Step", "Who", "What", "How sure"],
    rows: steps.map(({ title, who, what, certainty, by }) => [
      by === undefined ? title[lang] : `${title[lang]} (${lang === "fr" ? "avant le" : "by"} ${dayIn(by, lang)})`,
      who[lang],
      what[lang],
      CERTAINTIES[certainty][lang],
    ]),
  });
  return {
    title:
      lang === "fr"
        ? "Certificat IGC-Santé AUTH_CLI d'une boîte applicative"
        : "IGC-Santé AUTH_CLI certificate of an APP mailbox",
    blocks: [
      table("Commander", "Order", CERTIFICATE_ORDER),
      ...(renewal.length > 0
        ? [table("Renouveler (délais proposés par nos soins)", "Renew (our delays)", renewal)]
        : []),
    ],
  };
}

/** The sheet in one language, for a program: keys and codes are the same in all. */
export function sheetToJson(sheet: TechnicalSheet, lang: Lang = "fr", renewal: readonly RenewalStep[] = []) {
  return {
    date: sheet.date,
    sections: sheet.sections.map(({ id, title, rows }) => ({
      id,
      title: title[lang],
      rows: rows.map(({ id: name, label, value, source }) => ({
        id: name,
        label: label[lang],
        value: value === undefined ? null : tell(value, lang),
        source,
      })),
    })),
    findings: sheet.findings.map(({ severity, code, message }) => ({ severity, code, message: message[lang] })),
    missing: sheet.missing,
    renewal: renewal.map(({ id, title, what, who, by, late, certainty }) => ({
      id,
      title: title[lang],
      what: what[lang],
      who: who[lang],
      by,
      late,
      certainty,
    })),
  };
}
