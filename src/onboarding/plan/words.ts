import type { DomainAdvice } from "../domain.js";
import { GENERIC_DOMAINS } from "../domain.js";
import { PARTIES, STRUCTURES } from "../guide/parties.js";
import { SOLUTIONS } from "../guide/solutions.js";
import { dayIn, type Lang } from "../text.js";
import type { Plan, PlannedStep } from "./types.js";

/** What a plan says around its steps, in one language. */
export interface PlanWords {
  title: string;
  intro: string;
  ready: string;
  next: string;
  domain: string | undefined;
  headings: readonly [step: string, who: string, from: string, until: string, state: string];
  states: Readonly<Record<PlannedStep["state"], string>>;
  blockedBy: (ids: readonly string[]) => string;
  estimate: string;
  critical: string;
  /** Before what follows a heading. */
  colon: string;
  cost: string;
  evidence: string;
  optional: string;
  legend: string;
}

export function planWords(plan: Plan, lang: Lang): PlanWords {
  const structure = STRUCTURES[plan.structure][lang];
  const solution = SOLUTIONS[plan.solution].title[lang];
  const domain = plan.domain && domainWords(plan.domain, lang);
  return lang === "fr"
    ? {
        title: "Plan de raccordement à Medimail",
        intro: `Structure : ${structure}. Solution : ${solution}. Début : ${dayIn(plan.start, lang)}.`,
        ready: `Au plus tôt, tout ce qui est indispensable sera fait le ${dayIn(plan.ready, lang)}.`,
        next: "À faire maintenant",
        domain,
        headings: ["Étape", "Qui", "Du", "Au", "État"],
        states: { done: "fait", ready: "à faire", blocked: "en attente" },
        blockedBy: (ids) => `attend : ${ids.join(", ")}`,
        estimate: "durée estimée par nos soins",
        critical: "chemin critique",
        colon: " :",
        cost: "Coût",
        evidence: "Preuve",
        optional: "facultatif",
        legend:
          "Les durées que le guide de raccordement ne donne pas sont des estimations (signalées par ~), à corriger avec --days ÉTAPE=JOURS. Une étape en gras est sur le chemin critique.",
      }
    : {
        title: "Plan of the connection to Medimail",
        intro: `Structure: ${structure}. Solution: ${solution}. Start: ${plan.start}.`,
        ready: `Everything that must be done is, at the earliest, on ${plan.ready}.`,
        next: "To do now",
        domain,
        headings: ["Step", "Who", "From", "Until", "State"],
        states: { done: "done", ready: "to do", blocked: "waiting" },
        blockedBy: (ids) => `waits for: ${ids.join(", ")}`,
        estimate: "length estimated by us",
        critical: "critical path",
        colon: ":",
        cost: "Cost",
        evidence: "Evidence",
        optional: "optional",
        legend:
          "Lengths that the guide does not give are estimates (marked ~): correct them with --days STEP=DAYS. A step in bold is on the critical path.",
      };
}

function domainWords({ domain, state }: DomainAdvice, lang: Lang): string {
  const generic = Object.values(GENERIC_DOMAINS).includes(domain);
  if (lang === "fr")
    return {
      generic: `Domaine : ${domain}, générique, déjà déclaré.`,
      listed: `Domaine : ${domain}, présent dans la liste blanche.`,
      "to-declare": `Domaine : ${domain}, à déclarer à l'ANS par l'intermédiaire de mss@esante-occitanie.fr (environ trois semaines).`,
    }[generic ? "generic" : state];
  return {
    generic: `Domain: ${domain}, generic, declared already.`,
    listed: `Domain: ${domain}, in the white list.`,
    "to-declare": `Domain: ${domain}, to be declared to ANS through mss@esante-occitanie.fr, about three weeks.`,
  }[generic ? "generic" : state];
}

/** `Mipih, Établissement`: first the one who leads. */
export const whoOf = ({ step }: PlannedStep, lang: Lang): string =>
  step.who.map((actor) => PARTIES[actor].name[lang]).join(", ");

/** `~14 j`: a tilde marks an estimate. */
export const lengthWords = ({ duration }: PlannedStep, lang: Lang): string =>
  duration.days === 0
    ? ""
    : `${duration.source === "estimate" ? "~" : ""}${duration.days} ${lang === "fr" ? "j" : "d"}`;
