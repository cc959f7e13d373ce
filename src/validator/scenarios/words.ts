import { kindText } from "../documents.js";
import { BOX, patientText, patientTextEn } from "../people.js";
import type { DocumentPlan, StepPlan } from "../plan-types.js";

type Send = Extract<StepPlan, { action: "send" }>;

/** What is said of a sending beside its documents and recipients. */
export interface SendWords extends Omit<Partial<Send>, "action" | "documents" | "to" | "text" | "textEn"> {
  documents: Readonly<Record<string, DocumentPlan>>;
  /** Names of the documents that are sent; default: all of them. */
  names?: readonly string[];
  to: readonly string[];
  /** What else the person has to do, in both languages. */
  also?: string;
  alsoEn?: string;
}

const WHO: Readonly<Record<string, string>> = {
  [BOX.doctor]: "Dr Martin DUPONT",
  [BOX.colleague]: "Dr Claire MOREL",
  [BOX.org]: "secrétariat de cardiologie",
  [BOX.app]: "laboratoire",
  [BOX.cabinet]: "Cabinet des Lilas",
};

/** `Validez « … » pour …, et envoyez-le à …`, with the fields that a program reads beside it. */
export function send({ documents, names, to, also, alsoEn, ...options }: SendWords): StepPlan {
  const sent = names ?? Object.keys(documents);
  const plans = sent.flatMap((name) => documents[name] ?? []);
  const patients = [...new Set(plans.map(({ patient }) => patient))];
  const kinds = plans.map(({ kind }) => `« ${kindText(kind)} »`).join(" et ");
  const kindsEn = plans.map(({ kind }) => `"${kindText(kind)}"`).join(" and ");
  const people = to.map((address) => (WHO[address] ? `${WHO[address]} (${address})` : address));
  const it = plans.length > 1 ? "envoyez-les ensemble" : "envoyez-le";
  const text = `Validez ${kinds} pour ${patients.map(patientText).join(" et pour ")}, et ${it} à ${people.join(" et à ")}.`;
  const textEn = `Validate ${kindsEn} for ${patients.map(patientTextEn).join(" and ")}, and send to ${people.join(" and ")}.`;
  return {
    action: "send",
    text: also === undefined ? text : `${text} ${also}`,
    textEn: alsoEn === undefined ? textEn : `${textEn} ${alsoEn}`,
    to,
    documents: sent,
    ...options,
  };
}

export function attest(question: string, questionEn: string): StepPlan {
  return { action: "attest", text: question, textEn: questionEn, question };
}

export function read(mail: string, text: string, textEn: string): StepPlan {
  return { action: "read", text, textEn, mail };
}

export const connect = (text: string, textEn: string): StepPlan => ({ action: "connect", text, textEn });

export const wait = (seconds: number, text: string, textEn: string): StepPlan => ({
  action: "wait",
  text,
  textEn,
  seconds,
});
