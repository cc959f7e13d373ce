import { afterEach, expect, it } from "vitest";
import type { MockMedimail } from "../../src/mock/index.js";
import { DUPONT, imapClient, mail, type RawClient, started } from "./kit.js";

let mock: MockMedimail;
let client: RawClient;
afterEach(async () => {
  client.destroy();
  await mock.close();
});

async function connected(): Promise<void> {
  mock = await started();
  client = await imapClient(mock, DUPONT);
}

const box = () => mock.mailbox(DUPONT);
const ALL = "(MessageNew MessageExpunge FlagChange)";

it("tells of folders that are not open, at once while nothing runs, and of the others nothing", async () => {
  await connected();
  expect(await client.imap(`NOTIFY SET (SELECTED-DELAYED ${ALL}) (MAILBOXES (Sent Junk) ${ALL})`)).toMatch(/^A1 OK/m);
  await client.imap("EXAMINE INBOX");
  box().deliver(mail("one@t.fr"), { folder: "Trash" });
  box().deliver(mail("two@t.fr"), { folder: "Sent" });
  expect(await client.line()).toMatch(/^\* STATUS "?Sent"? \(MESSAGES 1 UIDNEXT 2 /);
  box().folder("Sent")?.messages[0]?.setFlags("add", ["\\Seen"]);
  expect(await client.line()).toMatch(/^\* STATUS "?Sent"? .*UNSEEN 0/);
  await client.imap("EXAMINE Sent");
  box().deliver(mail("three@t.fr"), { folder: "Sent" });
  // Now it is the open one: told of with the next command.
  expect(await client.imap("NOOP")).toMatch(/^\* 2 EXISTS\nA1 OK/);
  expect(await client.imap("NOTIFY NONE")).toMatch(/^A1 OK/);
  box().deliver(mail("four@t.fr"), { folder: "Junk" });
  expect(await client.imap("NOOP")).toBe("A1 OK Done\n");
});

it("says how the folders stand where that is asked", async () => {
  await connected();
  const answer = await client.imap(`NOTIFY SET STATUS (PERSONAL ${ALL})`);
  expect(answer.match(/^\* STATUS /gm)?.length).toBe(box().folders.length);
});

it.each([
  [`NOTIFY SET (INBOXES (MailboxName))`, /^A1 NO \[BADEVENT /],
  ["NOTIFY SET", /^A1 BAD/],
  [`NOTIFY SET (OTHERS ${ALL})`, /^A1 BAD/],
  [`NOTIFY SET (MAILBOXES ${ALL})`, /^A1 BAD/],
  ["NOTIFY NONE (INBOXES (MessageNew))", /^A1 BAD/],
])("refuses %s", async (command, answer) => {
  await connected();
  expect(await client.imap(command)).toMatch(answer);
});
