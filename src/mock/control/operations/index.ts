import type { Operation } from "../operation.js";
import { faults } from "./faults.js";
import { incoming } from "./incoming.js";
import { mailboxes } from "./mailboxes.js";
import { mails } from "./mails.js";
import { messages } from "./messages.js";
import { observations } from "./observations.js";
import { scenarios } from "./scenarios.js";
import { service } from "./service.js";
import { time } from "./time.js";

/** All that the control API does. */
export const OPERATIONS: readonly Operation[] = [
  ...service,
  ...mailboxes,
  ...messages,
  ...incoming,
  ...mails,
  ...faults,
  ...observations,
  ...time,
  ...scenarios,
];

/** What the tags of the operations are about, in the order of the document. */
export const TAGS: Readonly<Record<string, string>> = {
  mock: "Where it is, and how it is set",
  mailboxes: "Mailboxes and what their owners prove themselves with",
  tokens: "Access tokens, and the mock's Pro Santé Connect",
  messages: "Mails in the folders of a mailbox",
  incoming: "Mails that come in: documents, reports, receipts, answers",
  mails: "What the SMTP server has accepted",
  faults: "Faults: scripted and counted",
  observations: "What the servers saw",
  clock: "The mock's time",
  snapshots: "States to come back to",
  scenarios: "Scenarios of `medimail validate`, where it leads them",
};
