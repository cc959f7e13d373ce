import type { ClaimedMail, MailSettlement } from "../seams/index.js";

/** A receipt leaves from the null path, and nobody reports about it (RFC 8098 §3). */
export const senderOf = ({ info }: ClaimedMail, mailbox: string): string => (info.kind === "receipt" ? "" : mailbox);

/** The mail as the transport takes it. */
export function outgoing(mail: ClaimedMail, mailbox: string) {
  return {
    from: senderOf(mail, mailbox),
    to: mail.recipients.map((recipient) => recipient.address),
    content: mail.content,
    size: mail.size,
    dsn: {
      // Opaque and stable, so that a report that lost the Message-ID is matched all the same.
      envid: mail.messageId.slice(0, mail.messageId.lastIndexOf("@")),
      ret: "HDRS" as const,
      notify: notifyOf(mail),
    },
  };
}

function notifyOf({ info }: ClaimedMail): ("SUCCESS" | "FAILURE" | "DELAY")[] {
  if (info.kind === "receipt") return [];
  return info.requestDelivery === false ? ["FAILURE", "DELAY"] : ["SUCCESS", "FAILURE", "DELAY"];
}

/** The words with which the server took the mail for all of its recipients: then they are all there is to know. */
export function takenAnswer({ next, recipients, traces: [trace] }: MailSettlement): string | undefined {
  const taken = next.kind === "done" && recipients.every(({ state }) => state === "accepted");
  return taken ? trace?.answer : undefined;
}
