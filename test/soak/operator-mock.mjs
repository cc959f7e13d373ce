// The mock operator of the soak, in a process of its own, so that its memory is not taken for the package's. Led by messages.
import { startMockMedimail } from "medimail-connector/mock";

const [senders, boxes, quiet] = JSON.parse(process.argv[2]);
const receivers = [...boxes, ...quiet];
const mock = await startMockMedimail({
  mailboxes: [
    ...senders.map((address) => ({ address, type: "APP", label: "Laboratoire" })),
    ...receivers.map((address) => ({
      address,
      type: "ORG",
      label: "Cabinet",
      folders: [
        { name: "Sent", specialUse: "\\Sent" },
        { name: "Drafts", specialUse: "\\Drafts" },
        { name: "Trash", specialUse: "\\Trash" },
        { name: "Archive", specialUse: "\\Archive" },
        { name: "Dossiers" },
      ],
    })),
  ],
  autoReceipts: { deliver: true, deliverAfterMs: 1_000 },
  keepMails: 200,
  keepObservations: 200,
});
/** How often each mailbox was given each Message-ID. */
const given = new Map();
mock.onObservation((seen) => {
  if (seen.kind !== "mail") return;
  const { messageId } = mock.mails.at(-1);
  for (const address of seen.to) {
    if (!given.has(address)) given.set(address, new Map());
    const counts = given.get(address);
    counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
  }
});
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** What another client does to mails that have been there for three minutes. */
function webmail() {
  const box = mock.mailbox(pick(boxes));
  for (const { name } of box.folders) {
    const folder = box.folder(name);
    for (const mail of [...folder.messages].slice(0, 15)) {
      if (Date.now() - mail.internalDate.getTime() < 180_000) continue;
      const way = Math.random();
      if (way < 0.2) mail.setFlags("add", ["\\Seen"]);
      else if (way < 0.4) mail.setFlags("set", pick([["\\Flagged"], ["\\Answered", "\\Seen"], [], ["$Label1"]]));
      else folder.remove([mail]);
    }
  }
}

const acts = {
  webmail,
  fault: ({ fault }) => void mock.faults.add(fault),
  renew({ address, lifeMs }) {
    for (const { token, until } of mock.tokens(address)) if (!until) mock.expireToken(address, { token });
    mock.issueToken(address, { lifeMs });
  },
  renumber: ({ address }) => void mock.mailbox(address).rebuild("INBOX"),
  restart: () => void mock.disconnect(undefined, { bye: "server restarts" }),
  held: () => Object.fromEntries([...given].map(([address, counts]) => [address, Object.fromEntries(counts)])),
  ready: () => mock.ready(),
  async stop() {
    await mock.close();
    setTimeout(() => process.disconnect(), 50);
  },
};
process.on("message", async ({ act, serial, ...more }) => {
  try {
    process.send({ serial, answer: (await acts[act](more)) ?? null });
  } catch (error) {
    process.send({ serial, error: String(error.stack) });
  }
});
process.send({ ready: true });
