import type { Hl7Seen } from "../../connector-types.js";
import type { Hl7Order } from "../../hl7/index.js";
import type { RecipientInput } from "../../sending/types.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

/** What an order asks for, without the documents and the texts of the mails. */
export function orderValue({ header, submission, toDmp, flags, problems }: Hl7Order) {
  const { documents, to, action, actor, replyTo, body, fin } = submission;
  const texts = typeof body === "object" ? body : {};
  return {
    controlId: header.controlId,
    type: `${header.type}^${header.trigger}`,
    version: header.version,
    charset: header.charset,
    sender: header.sender,
    receiver: header.receiver,
    action,
    documents: documents.map(({ cda }) => ({ size: cda.length })),
    recipients: (to as RecipientInput[]).map(({ address, kind, name }) => ({
      address,
      kind,
      ...(name === undefined ? {} : { name }),
    })),
    actor: actor ?? null,
    replyTo: replyTo ?? null,
    flags,
    fin: fin ?? false,
    texts: { professional: texts.professional !== undefined, patient: texts.patient !== undefined },
    toDmp,
    problems,
  };
}

export function orderText(order: ReturnType<typeof orderValue>, { hl7, actions, colon }: Text, style: Style): string {
  const row = (name: string, value: string) => `  ${name}${colon} ${printable(value)}`;
  const set = Object.entries(order.flags).flatMap(([flag, on]) => (on ? [flag] : []));
  return [
    style.bold(printable(`${order.type}  ${order.controlId}`)),
    row(hl7.from, `${order.sender.application} (${order.sender.facility})`),
    row(hl7.to, `${order.receiver.application} (${order.receiver.facility})`),
    row(hl7.action, actions[order.action ?? "create"]),
    ...order.documents.map(({ size }) => row(hl7.document, hl7.bytes(size))),
    ...order.recipients.map(({ address, name }) =>
      row(hl7.recipient, name === undefined ? address : `${name} <${address}>`),
    ),
    ...(order.actor === null ? [] : [row(hl7.actor, order.actor)]),
    ...(order.replyTo === null ? [] : [row(hl7.replyTo, order.replyTo)]),
    row(hl7.flags, set.join(", ") || hl7.none),
  ].join("\n");
}

export function seenText(seen: Hl7Seen, text: Text, style: Style): string {
  const mark = seen.code === "AA" ? style.green("✓") : style.red("✗");
  if (seen.event === "receipt")
    return `${mark} ${seen.code}  ${text.hl7.told}  ${text.events[seen.state]}  ${printable(seen.recipient)}${style.dim(`  ${seen.submission}`)}`;
  const { error } = seen;
  const why = error
    ? `  [${error.code}] ${printable(text.detail(error.message))}`
    : style.dim(`  ${seen.submission ?? text.hl7.nobody}`);
  return `${mark} ${seen.code}  ${text.hl7.message} ${printable(seen.controlId)}${why}`;
}
