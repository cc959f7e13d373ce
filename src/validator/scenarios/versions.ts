import { BOX } from "../people.js";
import type { DocumentPlan, ScenarioPlan } from "../plan-types.js";
import { fromLab } from "./from-lab.js";
import { RECEIVING } from "./profiles.js";
import { attest, read } from "./words.js";

/** New versions, deletions and duplicates of a document. */
export const VERSIONS: readonly ScenarioPlan[] = versions();

function versions(): ScenarioPlan[] {
  const v1: DocumentPlan = { kind: "biology", patient: "camille", level: 1 };
  const documents = { v1, v2: { ...v1, replaces: "v1" } };
  const common = { mailbox: BOX.doctor, seconds: 120, profiles: RECEIVING, documents } as const;
  const first = fromLab(["v1"], "Bonjour, voici un compte rendu.");
  return [
    {
      ...common,
      id: "recu-remplacement",
      title: "Une nouvelle version remplace un document intégré",
      titleEn: "A new version replaces a document that was filed",
      requirements: ["LGC.MSS-UX.05", "SC.CDA-INT.18", "pfi-scope"],
      arrivals: {
        un: first,
        deux: { ...fromLab(["v2"], "Cette version annule et remplace la première."), action: "replace" },
      },
      steps: [
        read("un", "Ouvrez le premier compte rendu, et intégrez-le.", "Open the first report, and file it."),
        read("deux", "Ouvrez le second, qui le remplace.", "Open the second, which replaces it."),
        attest(
          "Le logiciel propose-t-il de remplacer la première version ?",
          "Does the software offer to replace the first version?",
        ),
      ],
    },
    {
      ...common,
      id: "recu-suppression",
      title: "Un document intégré est à supprimer",
      titleEn: "A document that was filed is to be deleted",
      requirements: ["LGC.MSS-UX.05", "SC.CDA-INT.18"],
      arrivals: { un: first, deux: { ...fromLab(["v1"], "Ce document est à supprimer."), action: "delete" } },
      steps: [
        read("un", "Ouvrez le compte rendu, et intégrez-le.", "Open the report, and file it."),
        read("deux", "Ouvrez le courriel qui demande de le supprimer.", "Open the mail that asks to delete it."),
        attest("Le logiciel propose-t-il de le supprimer ?", "Does the software offer to delete it?"),
      ],
    },
    {
      ...common,
      id: "recu-doublon",
      title: "Un document déjà intégré arrive une seconde fois",
      titleEn: "A document that was filed comes a second time",
      requirements: ["LGC.MDV.06", "SC.CDA-INT.18"],
      arrivals: { un: first, deux: { ...first, text: "Bonjour, le voici de nouveau." } },
      steps: [
        read("un", "Ouvrez le compte rendu, et intégrez-le.", "Open the report, and file it."),
        read("deux", "Ouvrez le second courriel.", "Open the second mail."),
        attest(
          "Le logiciel indique-t-il que le document est déjà intégré ?",
          "Does the software say that the document is filed already?",
        ),
      ],
    },
    {
      ...common,
      id: "recu-perime",
      title: "Une version ancienne arrive après la nouvelle",
      titleEn: "A former version comes after the new one",
      requirements: ["SC.CDA-INT.18"],
      arrivals: {
        deux: { ...fromLab(["v2"], "Cette version annule et remplace la première."), action: "replace" },
        un: first,
      },
      steps: [
        read("deux", "Ouvrez la nouvelle version, et intégrez-la.", "Open the new version, and file it."),
        read("un", "Ouvrez l'ancienne version, arrivée après.", "Open the former one, which came later."),
        attest(
          "Le logiciel indique-t-il que cette version est périmée ?",
          "Does the software say that this version is obsolete?",
        ),
      ],
    },
  ];
}
