import { describe, expect, it } from "vitest";
import { parseReceipt } from "../../src/message/index.js";
import type { RecipientRow } from "../../src/seams/index.js";
import { decideReceipt } from "../../src/sending/receipts.js";
import { DOCTOR, DSN_FORMS, PLAIN_FORMS, SENT } from "../message/dsn-forms.js";
import { MDN_FORMS } from "../message/mdn-forms.js";

const OTHER = "paul.durand@medecin.mssante.fr";

const row = (id: number, address: string): RecipientRow => ({
  id,
  mailId: 3,
  submission: "s1",
  address,
  kind: "professional",
  state: "accepted",
  messageId: SENT,
  attempts: 1,
  updatedAt: 0,
});

/** What the report makes of the two recipients of one mail. */
async function states(raw: Uint8Array): Promise<string[]> {
  const receipt = await parseReceipt(raw);
  const rows = [row(1, DOCTOR), row(2, OTHER)];
  const decisions = receipt ? decideReceipt(receipt, rows, 1) : [];
  return rows.map(({ id, state }) => decisions.find(({ recipientId }) => recipientId === id)?.change?.state ?? state);
}

describe("what servers and mail programs write, of a mail to two", () => {
  it.each([
    ["Postfix, user unknown", "failed", "accepted"],
    ["Postfix before LMTP, relayed", "delivered", "accepted"],
    ["Sendmail, transient warning", "accepted", "accepted"],
    ["Exchange Online, in French", "failed", "accepted"],
    ["Exim 4.9, with its own fields beside the report", "failed", "accepted"],
    ["Lotus Domino", "failed", "accepted"],
    ["James, with the report in quoted-printable", "failed", "accepted"],
    ["Dovecot, mailbox full", "failed", "accepted"],
    ["qmail (QSBMF)", "failed", "failed"],
    ["Exim before 4.83", "failed", "failed"],
    ["Outlook, in French", "read", "accepted"],
    ["Outlook, deleted without being read", "accepted", "accepted"],
    ["Exchange, with a name of its directory and the report in base64", "read", "accepted"],
    ["Thunderbird", "read", "accepted"],
    ["Zimbra", "read", "accepted"],
    ["Horde, whose recipient has a name", "read", "accepted"],
    ["SOGo, of two parts", "read", "accepted"],
    ["Pigeonhole, refused by a rule of the recipient's", "accepted", "accepted"],
    ["Notes", "read", "accepted"],
  ])("%s: %s, %s", async (name, doctor, other) => {
    const forms = { ...DSN_FORMS, ...PLAIN_FORMS, ...MDN_FORMS };
    expect(await states(forms[name]?.raw ?? Buffer.alloc(0))).toEqual([doctor, other]);
    expect(Object.keys(forms).length).toBe(19);
  });
});
