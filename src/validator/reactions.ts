import { composeMails } from "../message/index.js";
import type { AcceptedMail, MockMedimail } from "../mock/index.js";
import type { Observation } from "../seams/index.js";
import { MOCK_NIL, MOCK_SOFTWARE } from "./arrivals.js";
import type { Reaction, ScenarioPlan } from "./plan-types.js";
import { moveServices } from "./stage-acts.js";

/** How many mails each reaction has seen. */
export type Reacted = Map<Reaction, number>;

/** What follows in a scenario from what the software under test has done. */
export function react(mock: MockMedimail, playing: { plan: ScenarioPlan; reacted: Reacted }, seen: Observation): void {
  const { plan, reacted } = playing;
  if (seen.kind === "dns") {
    // The first answer named the old place; whoever asks again learns the new one.
    const moved = (plan.stage ?? []).find((act) => act.do === "srv" && act.what === "moved");
    if (moved?.do === "srv" && seen.type === "SRV" && seen.name.startsWith("_submission."))
      setImmediate(() => moveServices(mock, moved.mailbox));
    return;
  }
  if (seen.kind !== "mail" || seen.from === "") return;
  const mail = mock.mails.at(-1);
  if (!mail) return;
  for (const reaction of plan.reactions ?? []) {
    for (const { address } of mail.recipients) {
      if (reaction.to !== undefined && reaction.to !== address.toLowerCase()) continue;
      const count = (reacted.get(reaction) ?? 0) + 1;
      reacted.set(reaction, count);
      // After the answer to the final dot has been written: a person is never faster.
      if (reaction.nth === undefined || reaction.nth === count)
        setImmediate(() => quietly(() => act(mock, reaction, mail, address)));
    }
  }
}

/** A mail without Message-ID can be answered by nobody: that is a finding of the checks, not a fault of the run. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The mail was lost on the way (a fault of the scenario), or has nothing to be named by.
  }
}

function act(mock: MockMedimail, { do: what }: Reaction, mail: AcceptedMail, address: string): void {
  const { messageId = "" } = mail;
  switch (what.act) {
    case "read":
      return void mock.read(address, messageId);
    case "integrate":
      return void mock.integrate(address, messageId);
    case "refuse":
      return void mock.refuseIntegration(
        address,
        messageId,
        what.code,
        what.form === undefined ? {} : { form: what.form },
      );
    case "report":
      return void mock.report(
        address,
        messageId,
        what.action,
        what.status === undefined ? {} : { status: what.status },
      );
    case "answer":
      answer(mock, mail, address, what.text);
      return;
    case "end-sessions":
      mock.psc.endSessions();
      return;
    // What is set here is set back with the scenario.
    case "revocation":
      mock.tune({ revocation: what.state });
      return;
    case "fault": {
      const { act: _, ...script } = what;
      mock.faults.add(script);
      return;
    }
    case "disconnect":
      return void mock.disconnect(what.mailbox, what.bye === undefined ? {} : { bye: what.bye });
  }
}

/** A person who was written to writes back, in the thread. */
function answer(mock: MockMedimail, mail: AcceptedMail, from: string, text: string): void {
  const messageId = `reponse-${mail.id}.${Math.trunc(mail.at.getTime())}@mock-medimail.mssante.fr`;
  const { mails, bodies } = composeMails({
    from: { address: from, label: mock.mailbox(from).label || from },
    recipients: [[{ address: mail.from, kind: "professional" }]],
    documents: [],
    action: "create",
    nil: MOCK_NIL,
    software: MOCK_SOFTWARE,
    messageIds: [messageId],
    date: new Date(),
    subject: "Re: votre courriel",
    body: { professional: { text }, patient: { text } },
    ...(mail.messageId === undefined ? {} : { inReplyTo: mail.messageId }),
  });
  const [made] = mails;
  const raw = Buffer.concat([made?.head ?? new Uint8Array(), bodies[made?.body ?? 0] ?? new Uint8Array()]);
  mock.deliver(mail.from, raw, { what: "answer", from });
}
