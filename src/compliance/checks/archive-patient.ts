import { contradiction } from "../mail/metadata-agreement.js";
import { cdasOf, whereOf } from "../mail/sent-mail.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** Whose documents an archive holds, by its metadata and by its CDA. */
export const archivePatient: readonly Check[] = [
  {
    id: "metadata-of-cda",
    rows: ["ECO.2.1.1"],
    scope: "mail",
    guard: true,
    shows: both("Les métadonnées identifient le CDA et son patient", "The metadata identify the CDA and its patient"),
    look({ mail, run }, tell) {
      const cdas = cdasOf(mail);
      if (!cdas || mail.kind !== "message") return;
      for (const { entry, cda, path } of cdas) {
        const where = whereOf(mail, `METADATA.XML, ${path}`);
        const { id, code } = cda.header;
        const other = contradiction(entry, cda, run.mask);
        if (entry.uniqueId !== undefined && entry.uniqueId !== id)
          tell.breach(
            both(
              `uniqueId « ${entry.uniqueId} » n'est pas l'identifiant du CDA, « ${id} ».`,
              `uniqueId "${entry.uniqueId}" is not the id of the CDA, "${id}".`,
            ),
            where,
          );
        else if (entry.patientId === undefined)
          tell.breach(both("patientId est absent des métadonnées.", "The metadata have no patientId."), where);
        else if (entry.typeCode !== undefined && entry.typeCode.code !== code.code)
          tell.breach(
            both(
              `typeCode « ${entry.typeCode.code} » n'est pas le code du CDA, « ${code.code} ».`,
              `typeCode "${entry.typeCode.code}" is not the code of the CDA, "${code.code}".`,
            ),
            where,
          );
        else if (other) tell.breach(other, where);
        else tell.ok(where);
      }
    },
  },
  {
    id: "one-patient",
    rows: ["ECO.2.1.1-b"],
    scope: "mail",
    shows: both("Un seul patient dans le courriel", "One patient in the mail"),
    look({ mail }, tell) {
      const cdas = cdasOf(mail);
      if (!cdas || mail.kind !== "message") return;
      const { opened } = mail.archive ?? {};
      const told = new Set(
        [...(opened?.submissionSets ?? []), ...(opened?.documents ?? [])].flatMap(
          ({ patientId }) => patientId?.split("^").slice(0, 4).join("^") ?? [],
        ),
      );
      // A document that the metadata do not name is in the mail all the same.
      const all = [...cdas, ...mail.strays].map(({ cda }) => cda.header.patient);
      const known = new Set(all.flatMap(({ ins }) => ins?.value ?? []));
      const born = new Set(all.map(({ birthName, birthTime }) => `${birthName ?? ""} ${birthTime ?? ""}`));
      const where = whereOf(mail, "METADATA.XML");
      const count = Math.max(told.size, known.size, born.size);
      if (count > 1)
        tell.breach(both(`Le courriel porte sur ${count} patients.`, `The mail is about ${count} patients.`), where);
      else tell.ok(where);
    },
  },
];
