import { type MailBody, type OpenedMail, shownName } from "../../mailbox/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";
import { problemLines, table } from "./cda.js";
import { mailValue } from "./mailbox.js";

/** A message with its documents (CLI.md, "A message"). */
export function openedValue({ mail, patient, documents, problems }: OpenedMail) {
  return {
    ...mailValue(mail),
    xdm: {
      patient,
      documents: documents.map(({ title, typeCode, creationTime, action, seen }) => ({
        title,
        typeCode,
        creationTime,
        action,
        seen,
      })),
      problems,
    },
  };
}

/** One line a document: what it is, what is asked of it, and whether it is known. */
export function documentLines({ documents }: OpenedMail, text: Text, style: Style): string[] {
  return documents.map(({ title, typeCode, creationTime, action, seen, integrated, pdfBeside }) => {
    const marks = [
      ...(action === "create" ? [] : [style.yellow(text.actions[action])]),
      seen === "new" ? style.green(text.seen[seen]) : style.yellow(text.seen[seen]),
      ...(integrated ? [text.integrated] : []),
      ...(pdfBeside ? [style.dim("PDF")] : []),
    ];
    const day = creationTime.replace(/^(\d{4})(\d{2})(\d{2}).*$/, "$1-$2-$3");
    return `        ${printable(title || typeCode)}  ${style.dim(printable(day))}  ${marks.join(", ")}`;
  });
}

/** A mail as a person reads it. */
export function shownMail(opened: OpenedMail, body: MailBody, text: Text, style: Style): string {
  const { mail, patient } = opened;
  const { view } = text;
  const people = (list: typeof mail.to): string => list.map((address) => printable(shownName(address))).join(", ");
  const identity = patient
    ? [patient.name, patient.ins?.value, text.agreements[patient.agreement]].filter(Boolean).join("  ")
    : undefined;
  const files = mail.attachments.map(({ name, size }) => `${printable(name)} (${size} ${view.bytes})`).join(", ");
  const rows: [string, string | undefined][] = [
    [text.mail.from, mail.from && people([mail.from])],
    [text.mail.to, people(mail.to)],
    [text.mail.cc, people(mail.cc)],
    [view.date, mail.date?.toISOString()],
    [text.mail.subject, printable(mail.subject)],
    [text.mail.attachments, files],
    [view.patient, identity && printable(identity)],
  ];
  const read = body.text.split("\n").map(printable).join("\n").trim();
  return [
    ...table(rows, style),
    ...documentLines(opened, text, style),
    ...(read === "" ? [] : ["", read]),
    ...(body.truncated ? [style.dim(text.mail.truncated)] : []),
    ...problemLines([...opened.problems, ...body.problems], text, style),
  ].join("\n");
}
