import type { RunRecord, TraceLine } from "../judge/run.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** Local time and its offset, or UTC said as such. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/;

const near = (trace: TraceLine, at: string) => Math.abs(Date.parse(trace.at) - Date.parse(at)) <= 60_000;

/** Words of a mail that must not be in a trace: names of patients stand in subjects. */
function holdsContent(trace: TraceLine, run: RunRecord): boolean {
  const text = JSON.stringify(trace);
  return run.sent.some(({ subject }) => subject.length > 12 && text.includes(subject));
}

/** The client's own functional traces, where it has given them, against what was seen of it. */
export const traces: readonly Check[] = [
  {
    id: "traces-whole",
    rows: ["ECO.4.1.2"],
    scope: "run",
    guard: true,
    shows: both(
      "Chaque trace : auteur, heure, action, requête, réponse",
      "Each trace: author, time, action, request, answer",
    ),
    look(run, tell) {
      for (const [index, trace] of (run.traces ?? []).entries()) {
        const where = `trace ${index + 1}`;
        const missing = (["actor", "action", "request", "answer"] as const).find((name) => (trace[name] ?? "") === "");
        if (!TIME.test(trace.at))
          tell.breach(
            both("L'heure de la trace n'a pas de fuseau.", "The time of the trace has no offset."),
            where,
            trace.at,
          );
        else if (missing)
          tell.breach(both(`Il manque « ${missing} » à la trace.`, `The trace has no "${missing}".`), where, trace.at);
        else if (holdsContent(trace, run))
          tell.breach(
            both("La trace contient l'objet d'un courriel.", "The trace holds the subject of a mail."),
            where,
            trace.at,
          );
        else tell.ok(where, trace.at);
      }
    },
  },
  {
    id: "traces-of-sending",
    rows: ["ECO.4.1.2"],
    scope: "run",
    shows: both(
      "Chaque envoi vu par le serveur figure dans les traces",
      "Each sending that the server saw is in the traces",
    ),
    look(run, tell) {
      if (!run.traces || run.traces.length === 0) return;
      for (const sent of run.sent.slice(0, 10_000)) {
        if (sent.kind === "mdn") continue;
        if (
          run.traces.some(
            (trace) => near(trace, sent.at) && /send|envoi|submit|MAIL|DATA/i.test(`${trace.action} ${trace.request}`),
          )
        )
          tell.ok(sent.name, sent.at);
        else tell.breach(both("Un envoi n'a pas de trace.", "A sending has no trace."), sent.name, sent.at);
      }
      for (const { first } of run.retries)
        if (!run.traces.some((trace) => near(trace, first.at) && trace.ok === false))
          tell.breach(
            both(
              `Le refus ${first.code} du serveur ne figure pas dans les traces.`,
              `The server's refusal ${first.code} is not in the traces.`,
            ),
            "traces",
            first.at,
          );
    },
  },
];
