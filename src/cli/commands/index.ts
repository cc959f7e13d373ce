import type { Command } from "../command.js";
import { accountsBuild, accountsCheck } from "./accounts.js";
import { cdaInspect } from "./cda-inspect.js";
import { cdaRender } from "./cda-render.js";
import { cdaWrap } from "./cda-wrap.js";
import { checklist } from "./checklist.js";
import { demo } from "./demo.js";
import { directoryDeltaCommand, directorySample } from "./directory-delta.js";
import { directoryImport, directoryUpdate } from "./directory-import.js";
import { directorySearch } from "./directory-search.js";
import { discover } from "./discover.js";
import { doctor } from "./doctor.js";
import { health } from "./health.js";
import { hl7Inspect, hl7Serve } from "./hl7.js";
import { mailboxFolders, mailboxList, mailboxSave, mailboxSearch } from "./mailbox.js";
import { mailboxDelete, mailboxFlag, mailboxMove } from "./mailbox-act.js";
import { mailboxShow } from "./mailbox-show.js";
import { mailboxWatch } from "./mailbox-watch.js";
import { mailboxReceipt, mailboxReply } from "./mailbox-write.js";
import { mock } from "./mock.js";
import { onboardingPlan, onboardingSolution } from "./onboarding.js";
import { onboardingIndicators } from "./onboarding-indicators.js";
import { onboardingCertificate, onboardingSheet } from "./onboarding-sheet.js";
import { onboardingTemplate } from "./onboarding-template.js";
import { outboxCancel, outboxList, outboxRestored, outboxRetry, outboxShow, outboxStats } from "./outbox.js";
import { outboxRun } from "./outbox-run.js";
import { send } from "./send.js";
import { tracesExport, tracesList } from "./traces.js";
import { trustCertificate } from "./trust-certificate.js";
import { trustWhitelistCheck, trustWhitelistUpdate } from "./trust-whitelist.js";
import { validate } from "./validate.js";
import { xdmExtract } from "./xdm-extract.js";
import { xdmInspect } from "./xdm-inspect.js";
import { xdmPack } from "./xdm-pack.js";

/** Every command that is served, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  demo,
  mock,
  cdaInspect,
  cdaRender,
  cdaWrap,
  xdmPack,
  xdmInspect,
  xdmExtract,
  send,
  outboxRun,
  outboxList,
  outboxShow,
  outboxRetry,
  outboxCancel,
  outboxStats,
  outboxRestored,
  health,
  hl7Inspect,
  hl7Serve,
  tracesList,
  tracesExport,
  trustCertificate,
  trustWhitelistCheck,
  trustWhitelistUpdate,
  mailboxFolders,
  mailboxList,
  mailboxShow,
  mailboxSave,
  mailboxSearch,
  mailboxWatch,
  mailboxFlag,
  mailboxMove,
  mailboxDelete,
  mailboxReply,
  mailboxReceipt,
  accountsCheck,
  accountsBuild,
  onboardingPlan,
  onboardingSolution,
  directorySearch,
  directoryImport,
  directoryUpdate,
  directoryDeltaCommand,
  directorySample,
  onboardingSheet,
  onboardingCertificate,
  onboardingIndicators,
  onboardingTemplate,
  discover,
  doctor,
  validate,
  checklist,
];

/** Commands of the contract that a later version serves: refused by name, never as unknown. */
export const NOT_SERVED: readonly string[] = [];

/** The command that the words begin with, and the words after it. */
export function commandNamed(words: readonly string[]): { command: Command; rest: string[] } | undefined {
  for (const length of [3, 2, 1]) {
    const name = words.slice(0, length).join(" ");
    const command = words.length >= length ? COMMANDS.find((candidate) => candidate.name === name) : undefined;
    if (command) return { command, rest: words.slice(length) };
  }
  return undefined;
}
