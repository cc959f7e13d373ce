import type { PastSession, RunRecord, SentSummary } from "../judge/run.js";
import type { Scenario } from "../types.js";
import type { Check, Tell } from "./check.js";
import { both } from "./check.js";

/** One scenario from its beginning to its end, and what was seen in between. */
export interface Played {
  scenario: Scenario;
  from: string;
  to: string;
  sent: SentSummary[];
  sessions: PastSession[];
  http: RunRecord["http"];
}

/** Scenarios that came to their end; one that was stopped says nothing. */
export function played(run: RunRecord, row: string): Played[] {
  const found: Played[] = [];
  let begin: { id: string; at: string } | undefined;
  for (const mark of run.timeline) {
    if (mark.kind !== "scenario") continue;
    if (mark.what === "begin") begin = { id: mark.id, at: mark.at };
    const scenario = run.scenarios.get(mark.id);
    if (mark.what !== "end" || !begin || begin.id !== mark.id || !scenario?.requirements.includes(row)) continue;
    if (mark.reason === "stopped") continue;
    const [from, to] = [begin.at, mark.at];
    const inside = (at: string) => at >= from && at <= to;
    found.push({
      scenario,
      from,
      to,
      sent: run.sent.filter(({ at }) => inside(at)),
      sessions: run.sessions.filter(({ openedAt }) => inside(openedAt)),
      http: run.http.filter(({ at }) => inside(at)),
    });
  }
  return found;
}

function scope(row: string): Check {
  return {
    id: `${row}-sent`,
    rows: [row],
    scope: "run",
    shows: both(
      "Les documents demandés sont partis vers chaque destinataire",
      "The documents asked for have left for each recipient",
    ),
    look(run, tell) {
      for (const { scenario, sent, to: at } of played(run, row)) {
        const steps = scenario.steps.filter(
          (step) => step.action === "send" && (step.expect ?? "sent") === "sent" && step.documents.length > 0,
        );
        const due = steps.flatMap((step) => (step.action === "send" ? step.to : []));
        const got = new Set(
          sent.filter(({ hasArchive }) => hasArchive).flatMap(({ to }) => to.map((address) => address.toLowerCase())),
        );
        const missing = due.filter((address) => !got.has(address.toLowerCase()));
        const where = `scénario ${scenario.id}`;
        if (due.length === 0 || got.size === 0) continue;
        const undeleted = steps
          .flatMap((step) => (step.action === "send" && step.documentAction === "delete" ? step.to : []))
          .filter((address) => !sent.some(({ deletes, to }) => deletes && includes(to, address)));
        if (missing.length === 0 && undeleted.length > 0)
          tell.breach(
            both(
              "Le document a été supprimé, mais aucun courriel ne le demande au destinataire (action D).",
              "The document was deleted and no mail asks the recipient to (action D).",
            ),
            where,
            at,
          );
        else if (missing.length === 0) tell.ok(where, at);
        else
          tell.breach(
            both(
              `Document non reçu par ${missing.length} destinataire(s) sur ${due.length}.`,
              `${missing.length} recipients of ${due.length} have not got the document.`,
            ),
            where,
            at,
          );
      }
    },
  };
}

const includes = (to: readonly string[], address: string) =>
  to.some((one) => one.toLowerCase() === address.toLowerCase());

/** Nothing of the kind was seen although the scenario asked for it and came to its end. */
const missing = (played: Played, fr: string, en: string, tell: Tell) =>
  tell.breach(both(fr, en), `scénario ${played.scenario.id}`, played.to);

/** What a whole scenario shows, once it has ended. */
export const ended: readonly Check[] = [
  ...["pfi-scope", "sil-scope", "ris-scope"].map(scope),
  {
    id: "receipt-given",
    rows: ["ECO.3.1.6"],
    scope: "run",
    guard: true,
    shows: both("L'accusé demandé est envoyé", "The receipt that is asked for is given"),
    look(run, tell) {
      for (const one of played(run, "ECO.3.1.6")) {
        const steps = one.scenario.steps.filter((step) => step.action === "receipt");
        const asking = run.delivered.filter(
          ({ receiptTo, at, returnPath }) =>
            receiptTo !== undefined && receiptTo === returnPath && at >= one.from && at <= one.to,
        );
        if (steps.length === 0 || asking.length === 0 || one.sessions.length === 0) continue;
        const given = one.sent.some(
          ({ kind, originalMessageId }) =>
            kind === "mdn" && asking.some(({ messageId }) => messageId === originalMessageId),
        );
        const where = `scénario ${one.scenario.id}`;
        if (given) tell.ok(where, one.to);
        else
          missing(one, "L'accusé demandé n'est jamais rendu.", "The receipt that is asked for is never given.", tell);
      }
    },
  },
  {
    id: "professionals-opposition-kept",
    rows: ["MSS-va1.22"],
    scope: "run",
    shows: both(
      "Opposition entre professionnels : rien n'est parti",
      "Opposition between professionals: nothing has left",
    ),
    look(run, tell) {
      for (const one of played(run, "MSS-va1.22")) {
        const opposed = one.scenario.steps.flatMap((step) =>
          step.action === "send" && step.opposeProfessionals && step.expect === "refused" ? step.to : [],
        );
        const before = run.sent.some(({ to, at }) => at < one.from && to.some((address) => opposed.includes(address)));
        // Only of a software that has shown that it can send to them.
        if (opposed.length > 0 && before && !one.sent.some(({ to }) => to.some((address) => opposed.includes(address))))
          tell.ok(`scénario ${one.scenario.id}`, one.to);
      }
    },
  },
  {
    id: "crl-kept",
    rows: ["ECO.1.1.7"],
    scope: "run",
    shows: both(
      "Sans liste publiée, la dernière reste utilisée : la session s'ouvre",
      "With no list published the last one serves: the session opens",
    ),
    look(run, tell) {
      for (const one of played(run, "ECO.1.1.7")) {
        const known = run.http.some(
          ({ surface, status, at }) => (surface === "crl" || surface === "ocsp") && status === 200 && at <= one.to,
        );
        const good = one.sessions.filter(
          ({ protocol, profile, established }) => protocol === "smtp" && profile === "good" && established,
        );
        const [first, ...after] = good.filter(({ mails }) => mails > 0);
        if (!known || !first || one.sessions.some(({ profile }) => profile !== "good")) continue;
        // It did not even connect, or ended the connection at the certificate.
        const due = one.scenario.steps.filter(
          (step) => step.action === "send" && (step.expect ?? "sent") === "sent",
        ).length;
        const refused =
          good.find(({ openedAt, spoke }) => openedAt > first.openedAt && !spoke) ??
          (one.sent.length < due ? first : undefined);
        if (after.length > 0 || first.mails > 1) tell.ok(`scénario ${one.scenario.id}`, one.to);
        else if (refused)
          tell.breach(
            both(
              "La liste n'est plus publiée et la connexion est refusée, alors que la dernière liste est encore valide.",
              "The list is not published any more and the connection is refused, though the last one is still valid.",
            ),
            refused.id,
            refused.openedAt,
          );
      }
    },
  },
  {
    id: "srv-asked",
    rows: ["ECO.1.1.9"],
    scope: "run",
    shows: both("Les serveurs sont recherchés dans le DNS (SRV)", "The servers are asked of the DNS (SRV)"),
    look(run, tell) {
      const asked = run.dns.find(({ type, name }) => type === "SRV" && /^_(?:submissions?|imaps?)\._tcp\./i.test(name));
      const used = run.sessions.find(
        ({ established, openedAt }) => established && asked !== undefined && openedAt >= asked.at,
      );
      if (asked && used) tell.ok(`dns, ${asked.name}`, asked.at);
      if (asked) return;
      for (const one of played(run, "ECO.1.1.9"))
        if (one.sessions.some(({ established }) => established))
          missing(
            one,
            "La connexion se fait sans question SRV au serveur de noms.",
            "The connection is made without a SRV question to the name server.",
            tell,
          );
    },
  },
  {
    id: "srv-labels",
    rows: ["RFC-6186"],
    scope: "run",
    shows: both("Enregistrements _submission._tcp et _imap._tcp", "Records _submission._tcp and _imap._tcp"),
    look(run, tell) {
      for (const { type, name, at } of run.dns.slice(0, 1000)) {
        if (type !== "SRV") continue;
        if (/^_(?:submissions?|imaps?)\._tcp\./i.test(name)) tell.ok(`dns, ${name}`, at);
        else if (/^_(?:smtp|smtps|pop3s?|mail|smtp-starttls)\._/i.test(name))
          tell.breach(
            both(
              `Requête SRV « ${name} » ; attendu : _submission._tcp, _imap._tcp (RFC 6186).`,
              `SRV question "${name}"; expected: _submission._tcp, _imap._tcp (RFC 6186).`,
            ),
            "dns",
            at,
          );
      }
    },
  },
  {
    id: "directory-searched",
    rows: ["ECO.3.1.4"],
    scope: "run",
    shows: both("L'Annuaire Santé est interrogé", "Annuaire Santé is asked"),
    look: (run, tell) => directory(run, "ECO.3.1.4", tell),
  },
  {
    id: "directory-criteria",
    rows: ["SC.MSS-UX.41"],
    scope: "run",
    shows: both("Recherche par critères : une requête pour chaque recherche", "Search by criteria: a request for each"),
    look(run, tell) {
      for (const one of played(run, "SC.MSS-UX.41")) {
        const steps = one.scenario.steps.filter((step) => step.action === "search");
        const requests = one.http.filter(({ surface, status }) => surface === "directory" && status === 200);
        const distinct = new Set(
          requests.flatMap(({ operation, parameters }) =>
            Object.keys(parameters)
              .filter((name) => !name.startsWith("_"))
              .map((name) => `${operation} ${name.split(":")[0]}`),
          ),
        );
        if (steps.length === 0 || requests.length === 0) continue;
        const wanted = new Set(steps.flatMap((step) => Object.keys(step.query))).size;
        const where = `scénario ${one.scenario.id}`;
        if (requests.length >= steps.length && distinct.size >= Math.min(wanted, 3)) tell.ok(where, one.to);
        else
          missing(
            one,
            `${distinct.size} critère(s) vu(s) à l'annuaire pour ${wanted} demandés.`,
            `${distinct.size} criteria seen at the directory for ${wanted} asked.`,
            tell,
          );
      }
    },
  },
  {
    id: "directory-used",
    rows: ["ANN-va1.01-.04"],
    scope: "run",
    shows: both("Appels à l'Annuaire Santé observés", "Calls to Annuaire Santé seen"),
    look: (run, tell) => directory(run, "ANN-va1.01-.04", tell),
  },
];

function directory(run: RunRecord, row: string, tell: Tell): void {
  const calls = run.http.filter(({ surface }) => surface === "directory");
  const good = calls.find(({ status, parameters }) => status === 200 && Object.keys(parameters).length > 0);
  const refused = calls.find(({ status }) => status === 400);
  if (refused)
    tell.breach(
      both(
        "L'annuaire refuse la requête : critère inconnu (400).",
        "The directory refuses the request: unknown criterion (400).",
      ),
      `${refused.connection}, ${refused.operation}`,
      refused.at,
    );
  else if (good) tell.ok(`${good.connection}, ${good.operation}`, good.at);
  else if (calls.length === 0)
    for (const one of played(run, row))
      if (one.sent.length > 0)
        missing(
          one,
          "Un courriel part sans que l'annuaire ait été interrogé.",
          "A mail leaves without the directory having been asked.",
          tell,
        );
}
