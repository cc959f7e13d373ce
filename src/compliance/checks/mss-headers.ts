import type { Cda } from "../../cda/index.js";
import { isIns, isInsOid } from "../../identity/index.js";
import { bringsDocuments, hasMarker, isForwarded, isKo } from "../mail/kinds.js";
import { namesOf } from "../mail/naming.js";
import type { SentMail } from "../mail/sent-mail.js";
import { cdasOf, fields, whereOf } from "../mail/sent-mail.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** Matricule and authority, and the four traits, are in the document (ECO.2.4.2). */
export function hasWholeIdentity(cda: Cda): boolean {
  const { ins, birthTime, gender } = cda.header.patient;
  const { family, given } = namesOf(cda);
  return (
    ins !== null &&
    isInsOid(ins.oid) &&
    family !== undefined &&
    given !== undefined &&
    /^\d{8}/.test(birthTime ?? "") &&
    (gender ?? "") !== ""
  );
}

/** An ordinary mail: no archive, and none announced; a report about a mail with one repeats nothing. */
const withoutDocuments = (mail: SentMail) => !mail.archive && !hasMarker(mail) && !isForwarded(mail) && !isKo(mail);

function header(
  name: string,
  row: string,
  check: string,
  wanted: (cdas: readonly Cda[]) => string,
  same: (found: string, wanted: string) => boolean,
): Check {
  return {
    id: check,
    rows: [row],
    scope: "mail",
    shows: both(`${name} conforme aux CDA joints`, `${name} as the joined CDA say`),
    look({ mail }, tell) {
      if (mail.kind !== "message") return;
      const found = fields(mail, name.toLowerCase());
      const where = whereOf(mail, name);
      if (withoutDocuments(mail)) {
        if (found.length > 0)
          tell.breach(
            both(
              `${name} est présent alors que le courriel n'a pas de CDA.`,
              `${name} is present though the mail has no CDA.`,
            ),
            where,
          );
        return;
      }
      const cdas = cdasOf(mail);
      if (!cdas || !bringsDocuments(mail)) return;
      const expected = wanted(cdas.map(({ cda }) => cda));
      const value = found[0]?.flat ?? "";
      if (found.length === 0)
        tell.breach(
          both(`${name} est absent ; attendu : « ${expected} ».`, `${name} is absent; expected: "${expected}".`),
          where,
        );
      else if (found.length > 1)
        tell.breach(
          both(`${name} est présent ${found.length} fois.`, `${name} is present ${found.length} times.`),
          where,
        );
      else if (!same(value, expected))
        tell.breach(
          both(
            `${name} vaut « ${value.slice(0, 200)} » ; attendu : « ${expected} ».`,
            `${name} is "${value.slice(0, 200)}"; expected: "${expected}".`,
          ),
          where,
        );
      else tell.ok(where);
    },
  };
}

const codes = (value: string) =>
  value
    .split(",")
    .map((code) => code.trim())
    .sort()
    .join(",");

/** The fields X-MSS-… that speak of the documents, and those of the patient's exchange. */
export const mssHeaders: readonly Check[] = [
  header(
    "X-MSS-CODECDA",
    "ECO.2.4.1",
    "code-cda",
    (cdas) => cdas.map(({ header: { code } }) => code.code).join(","),
    (found, wanted) => codes(found) === codes(wanted),
  ),
  header(
    "X-MSS-INS",
    "ECO.2.4.2",
    "ins-flag",
    (cdas) => (cdas.every(hasWholeIdentity) ? "O" : "N"),
    (found, wanted) => found === wanted,
  ),
  {
    id: "patient-address",
    rows: ["ECO.2.2.6"],
    scope: "mail",
    shows: both("Adresse de l'usager formée de l'INS du document", "Patient's address built from the document's INS"),
    look({ mail, run }, tell) {
      const cdas = cdasOf(mail);
      const ins = cdas?.map(({ cda }) => cda.header.patient.ins?.value.toUpperCase());
      for (const address of mail.toPatients) {
        const where = whereOf(mail, `RCPT ${run.mask.health(address, ["@patient.mssante.fr"])}`);
        const local = address.slice(0, address.lastIndexOf("@")).toUpperCase();
        if (local === "REPONSE.AUTOMATIQUE-TEST") continue;
        if (!isIns(local, "1.2.250.1.213.1.4.8"))
          tell.breach(
            both(
              "L'adresse de l'usager n'est pas formée d'un matricule INS de 15 caractères à la clé exacte.",
              "The patient's address is no INS of 15 characters with a right key.",
            ),
            where,
          );
        else if (ins && !ins.some((value) => value === local || value === local.slice(0, 13)))
          tell.breach(
            ins.every((value) => value === undefined)
              ? both(
                  "L'adresse de l'usager est formée d'une INS alors que le CDA n'en a pas (identité non qualifiée).",
                  "The patient is addressed by INS though the CDA has none (identity not qualified).",
                )
              : both(
                  "L'INS de l'adresse n'est pas celle du patient du document.",
                  "The INS of the address is not that of the document's patient.",
                ),
            where,
          );
        else tell.ok(where);
      }
    },
  },
  {
    id: "minor-address",
    rows: ["mes-minor"],
    scope: "mail",
    shows: both("Document d'un mineur adressé à l'INS du mineur", "A minor's document goes to the minor's INS"),
    look({ mail, run }, tell) {
      const [first] = cdasOf(mail) ?? [];
      const patient = first?.cda.header.patient;
      const birth = /^(\d{4})(\d{2})(\d{2})/.exec(patient?.birthTime ?? "");
      if (!patient?.ins || !birth || mail.toPatients.length === 0) return;
      const adult = Date.UTC(Number(birth[1]) + 18, Number(birth[2]) - 1, Number(birth[3]));
      if (Date.parse(mail.observation.at) >= adult) return;
      for (const address of mail.toPatients) {
        const where = whereOf(mail, `RCPT ${run.mask.health(address, ["@patient.mssante.fr"])}`);
        const local = address.slice(0, address.lastIndexOf("@")).toUpperCase();
        if (local.startsWith(patient.ins.value.slice(0, 13).toUpperCase())) tell.ok(where);
        else
          tell.breach(
            both(
              "Le document concerne un mineur, mais l'adresse est celle d'une autre personne.",
              "The document is a minor's and the address is somebody else's.",
            ),
            where,
          );
      }
    },
  },
  {
    id: "unqualified-identity",
    rows: ["INS-va1.53"],
    scope: "mail",
    shows: both(
      "Pas d'INS dans les métadonnées quand le CDA n'en a pas",
      "No INS in the metadata where the CDA has none",
    ),
    look({ mail }, tell) {
      const cdas = cdasOf(mail);
      if (!cdas || mail.kind !== "message") return;
      for (const { cda, entry, path } of cdas) {
        if (cda.header.patient.ins !== null) continue;
        const where = whereOf(mail, `METADATA.XML, ${path}`);
        const all = [entry.patientId, entry.sourcePatientId, ...entry.sourcePatientInfo].join(" ");
        if (/1\.2\.250\.1\.213\.1\.4\.(8|9|10|11)\b/.test(all))
          tell.breach(
            both(
              "Les métadonnées portent une INS alors que le CDA n'en a pas (identité non qualifiée).",
              "The metadata have an INS though the CDA has none (identity not qualified).",
            ),
            where,
          );
        else tell.ok(where);
      }
    },
  },
];
