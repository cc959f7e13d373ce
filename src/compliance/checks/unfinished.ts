import type { Check } from "./check.js";
import { both } from "./check.js";
import { played } from "./ended.js";

/** Faults that pass: what was asked must have left by the end of the scenario. */
const PASSING = ["defer", "full-mailbox"];

/** What a scenario asked for and its end has not seen; silence is a breach only where the software came as far as the fault. */
export const unfinished: readonly Check[] = [
  {
    id: "retried-after-a-passing-refusal",
    rows: ["RFC-5321"],
    scope: "run",
    guard: true,
    shows: both("Après un refus temporaire, l'envoi est retenté", "After a refusal for now, the sending is done again"),
    look(run, tell) {
      for (const one of played(run, "RFC-5321")) {
        const struck = one.sessions.find(({ faults }) => faults.some((fault) => PASSING.includes(fault)));
        const due = one.scenario.steps.flatMap((step) =>
          step.action === "send" && (step.expect ?? "sent") === "sent" ? step.to : [],
        );
        if (!struck || due.length === 0) continue;
        const got = new Set(one.sent.flatMap(({ to }) => to.map((address) => address.toLowerCase())));
        const where = `scénario ${one.scenario.id}`;
        if (due.every((address) => got.has(address.toLowerCase()))) tell.ok(where, one.to);
        else
          tell.breach(
            both(
              "Refusé temporairement, l'envoi n'est jamais retenté.",
              "Refused for now, the sending is never done again.",
            ),
            `${struck.id}, ${where}`,
            one.to,
          );
      }
    },
  },
  {
    id: "next-server-used",
    rows: ["RFC-6186"],
    scope: "run",
    guard: true,
    shows: both("Le serveur suivant du DNS est utilisé", "The next server of the DNS serves"),
    look(run, tell) {
      for (const one of played(run, "RFC-6186")) {
        const asked = run.dns.some(({ type, at }) => type === "SRV" && at >= one.from && at <= one.to);
        const due = one.scenario.steps.some((step) => step.action === "send" && (step.expect ?? "sent") === "sent");
        if (!asked || !due) continue;
        const where = `scénario ${one.scenario.id}`;
        if (one.sent.length > 0) tell.ok(where, one.to);
        else if (!one.sessions.some(({ established }) => established))
          tell.breach(
            both(
              "Le DNS indique un serveur qui répond, et aucun n'est joint.",
              "The DNS names a server that answers, and none is reached.",
            ),
            where,
            one.to,
          );
      }
    },
  },
  {
    id: "refusal-told",
    rows: ["in-std"],
    scope: "run",
    guard: true,
    shows: both(
      "L'échec d'intégration est signalé à l'expéditeur, même sans accusé demandé",
      "The failed integration is told to the sender, though no receipt was asked for",
    ),
    look(run, tell) {
      for (const one of played(run, "in-std")) {
        const asked = one.scenario.steps.some((step) => step.action === "receipt" && step.disposition === "error");
        const unasked = run.delivered.filter(
          ({ receiptTo, at }) => receiptTo === undefined && at >= one.from && at <= one.to,
        );
        // Nothing is expected of a software that never opened the mailbox.
        const opened = one.sessions.some(({ protocol, authenticated }) => protocol === "imap" && authenticated);
        if (!asked || unasked.length === 0 || !opened) continue;
        const where = `scénario ${one.scenario.id}`;
        if (one.sent.length > 0) tell.ok(where, one.to);
        else
          tell.breach(
            both(
              "Le document est refusé et l'expéditeur n'en sait rien.",
              "The document is refused and the sender is told nothing.",
            ),
            where,
            one.to,
          );
      }
    },
  },
];
