import type { Connector } from "../connector-types.js";
import type { MailboxReader } from "../mailbox/index.js";
import { type ActivityRows, activityIndicators, planIndicators } from "../onboarding/index.js";
import type { Core, Frame } from "./core.js";

/** The activity of the mailbox, from what the store keeps; with `mailbox`, also the mails of its inbox, counted on the server. */
export function indicatorsOf(
  { tenant, mailbox }: Frame,
  open: () => Promise<Core>,
  reader: () => MailboxReader,
): Connector["outbox"]["indicators"] {
  return async ({ mailbox: counted = false, signal, ...query }) => {
    const plan = planIndicators(query);
    const [since, until] = [plan.periods[0]?.start ?? 0, plan.periods.at(-1)?.end ?? 0];
    const { store, inbox } = await open();
    const asked = { since, until, stepMs: plan.stepMs };
    const activity = await store.activity({ tenant, mailbox, ...asked });
    const received = await inbox.activity({ tenant, mailbox }, asked);
    const mails = counted ? await mailsOf(reader(), plan, signal) : undefined;
    return activityIndicators({ ...activity, received, ...(mails ? { mailbox: mails } : {}) }, plan, mailbox);
  };
}

/** By the server's own day of reception: IMAP knows no finer. Names of days are given as midnights UTC, which the engine writes as they are. */
async function mailsOf(
  reader: MailboxReader,
  { since, until }: { since: string; until: string },
  signal: AbortSignal | undefined,
): Promise<NonNullable<ActivityRows["mailbox"]>> {
  const counts = { professional: 0, patient: 0, receipt: 0, service: 0 };
  const asked = { folder: "inbox", pageSize: 500, ...(signal ? { signal } : {}) };
  const days = { since: new Date(`${since}T00:00:00Z`), before: new Date(`${until}T00:00:00Z`) };
  for await (const page of reader.search(days, asked).pages()) for (const { kind } of page) counts[kind] += 1;
  return counts;
}
