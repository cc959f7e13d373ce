import type { PastSession, RunRecord } from "../judge/run.js";
import { lineOf } from "../judge/session.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

const FORTUNE = ["drop", "bye", "bye-midway", "drop-after-commands", "silence", "silent-idle", "drop-in-literal"];

const COMMAND = /^(?:\S{1,20} )?(?:NOOP|QUIT|RSET|AUTH|AUTHENTICATE|EHLO|HELO|MAIL|CAPABILITY|LOGOUT|LOGIN)(?: |$)/i;

const isXoauth2 = (mechanism: string) => mechanism.toUpperCase() === "XOAUTH2";

const closing = (run: RunRecord, connection: string) => run.sessions.find(({ id }) => id === connection)?.closedAt;

/** What ends a session, or says nothing. */
export const isHarmless = (verb: string) => ["LOGOUT", "QUIT", "DONE", "RSET"].includes(verb);

/** What lives longer than a command: sessions, tokens, IDLE, what happens after a cut. */
export const sessions: readonly Check[] = [
  {
    id: "session-ends-with-psc",
    rows: ["ECO.1.2.6"],
    scope: "run",
    shows: both(
      "Rafraîchissement refusé : la session de messagerie se ferme",
      "Refresh refused: the mail session is closed",
    ),
    look(run, tell) {
      const refusals = run.http.filter(
        ({ surface, operation, error, parameters }) =>
          surface === "psc" &&
          operation === "token" &&
          error === "invalid_grant" &&
          parameters["grant_type"] === "refresh_token",
      );
      for (const { at } of refusals.slice(0, 50)) {
        const limit = new Date(Date.parse(at) + 1500).toISOString();
        const soon = new Date(Date.parse(at) + 500).toISOString();
        // Until the professional logs in again.
        const again =
          run.http.find(
            (one) => one.surface === "psc" && one.operation === "token" && one.at > at && one.status === 200,
          )?.at ?? "9";
        const open = run.sessions.filter(
          ({ openedAt, closedAt, mechanism }) =>
            mechanism?.toUpperCase() === "XOAUTH2" && openedAt <= at && closedAt >= at,
        );
        for (const session of open) {
          const late = session.lastCommands.find(
            (command) => command.at > limit && command.at < again && !isHarmless(command.verb),
          );
          if (late)
            tell.breach(
              both(
                `La session continue (${late.verb}) après le refus de Pro Santé Connect.`,
                `The session goes on (${late.verb}) after the refusal of Pro Santé Connect.`,
              ),
              session.id,
              late.at,
            );
          else if (session.saidGoodbye || session.closedAt <= limit) tell.ok(session.id, at);
        }
        // Refused once and shown again on the same session, whatever was just said of it.
        const stubborn = run.logins.find(
          (login, order) =>
            // In the same millisecond, on a fast machine.
            login.at >= at &&
            login.at < again &&
            run.logins
              .slice(0, order)
              .some((before) => before.connection === login.connection && before.at <= at && !before.auth.ok),
        );
        if (stubborn)
          tell.breach(
            both(
              "Après le refus de Pro Santé Connect, la boîte est encore interrogée.",
              "After the refusal of Pro Santé Connect the box is asked for again.",
            ),
            stubborn.connection,
            stubborn.at,
          );
        // By the login, not by the connection: one that was opened before the professional came back may be his.
        const fresh = run.logins.find(
          ({ auth, at: then, connection }) =>
            auth.ok &&
            auth.mechanism.toUpperCase() === "XOAUTH2" &&
            then > soon &&
            then < again &&
            !open.some(({ id }) => id === connection),
        );
        if (fresh)
          tell.breach(
            both(
              "Une session s'ouvre après le refus de Pro Santé Connect.",
              "A session opens after the refusal of Pro Santé Connect.",
            ),
            fresh.connection,
            fresh.at,
          );
      }
    },
  },
  {
    id: "session-reopened",
    rows: ["ECO.1.2.7"],
    scope: "run",
    shows: both("Session coupée, puis rouverte sans intervention", "Session cut, then opened again by itself"),
    look(run, tell) {
      const cut = run.sessions.filter(
        (session) =>
          session.protocol === "imap" &&
          session.authenticated !== undefined &&
          (session.ended !== undefined || session.faults.some((fault) => FORTUNE.includes(fault))),
      );
      for (const session of cut.slice(0, 200)) {
        const next = run.sessions.find(
          (other) =>
            other.protocol === "imap" &&
            other.openedAt > session.openedAt &&
            other.closedAt > session.closedAt &&
            other.authenticated === session.authenticated &&
            other.id !== session.id,
        );
        if (next) tell.ok(next.id, next.openedAt);
        else if (
          session.scenario !== undefined &&
          run.scenarios.get(session.scenario)?.requirements.includes("ECO.1.2.7") &&
          hasEnded(run, session)
        )
          tell.breach(
            both("La session coupée n'est pas rouverte.", "The session that was cut is not opened again."),
            session.id,
            session.closedAt,
          );
      }
    },
  },
  {
    id: "token-asked-after-restart",
    rows: ["ECO.1.2.5"],
    scope: "run",
    shows: both("Après un redémarrage, un nouveau jeton est demandé", "After a restart a new token is asked for"),
    look(run, tell) {
      const tokens = run.http.filter(
        ({ surface, operation, status }) => surface === "psc" && operation === "token" && status === 200,
      );
      const starts = run.timeline.flatMap((mark) => (mark.kind === "client" && mark.what === "start" ? [mark.at] : []));
      // The lives of the software, from one start to the next; a token that it was handed from outside is of none.
      for (const [index, start] of starts.entries()) {
        const before = tokens.filter(({ at }) => at < start);
        const end = starts[index + 1] ?? "9";
        const login = run.logins.find(({ auth, at }) => at > start && at < end && auth.ok && isXoauth2(auth.mechanism));
        if (before.length === 0 || !login) continue;
        const asked = tokens.some(({ at }) => at > start && at <= (closing(run, login.connection) ?? login.at));
        const shown = run.logins.some(({ auth, at }) => {
          const life = starts.findLast((one) => one <= at) ?? "";
          const own = before.some((token) => token.at >= life && token.at <= at);
          return at < start && own && auth.fingerprint === login.auth.fingerprint;
        });
        if (asked) tell.ok(login.connection, login.at);
        else if (shown)
          tell.breach(
            both(
              "Après le redémarrage, la boîte est ouverte sans qu'un jeton ait été demandé : il a été conservé.",
              "After the restart the box is opened without a token having been asked for: it was stored.",
            ),
            login.connection,
            login.at,
          );
      }
    },
  },
  {
    id: "fault-survived",
    rows: ["ECO.1.2.3"],
    scope: "run",
    shows: both("Après une panne, le logiciel se reconnecte", "After a fault the software connects again"),
    look(run, tell) {
      // A program that ends with an error says so; where going on was asked, it has stopped at the fault.
      const asked = (id: string | undefined) =>
        id !== undefined && run.scenarios.get(id)?.requirements.includes("ECO.1.2.3") === true;
      for (const session of run.sessions) {
        if (!session.faults.some((fault) => [...FORTUNE, "defer", "garbage", "slow"].includes(fault)) && !session.ended)
          continue;
        const next = run.sessions.find(({ openedAt, established }) => openedAt > session.closedAt && established);
        const crash = run.timeline.find(
          (mark) =>
            mark.kind === "client" &&
            mark.what === "end" &&
            mark.at >= session.openedAt &&
            mark.code !== 143 &&
            mark.code !== 130 &&
            ((mark.code ?? 0) > 128 || (!next && (mark.code ?? 0) > 0 && asked(session.scenario))),
        );
        if (crash)
          tell.breach(
            both(
              "Le logiciel s'arrête brutalement après une panne de la messagerie.",
              "The software crashes after a fault of the mail server.",
            ),
            session.id,
            crash.at,
          );
        else if (next) tell.ok(next.id, next.openedAt);
      }
    },
  },
  {
    id: "refused-token-not-shown-again",
    rows: ["RFC-7628"],
    scope: "run",
    shows: both("Un jeton refusé n'est pas présenté de nouveau", "A refused token is not shown again"),
    look(run, tell) {
      const last = new Map<string, { fingerprint: string | undefined; ok: boolean }>();
      for (const { auth, at, connection } of run.logins) {
        if (!/^(XOAUTH2|OAUTHBEARER)$/i.test(auth.mechanism)) continue;
        const before = last.get(auth.user);
        if (before && !before.ok && auth.fingerprint !== undefined) {
          if (before.fingerprint === auth.fingerprint)
            tell.breach(
              both(
                "Le jeton qui vient d'être refusé est présenté de nouveau.",
                "The token that was just refused is shown again.",
              ),
              connection,
              at,
            );
          else tell.ok(connection, at);
        }
        last.set(auth.user, { fingerprint: auth.fingerprint, ok: auth.ok });
      }
    },
  },
  {
    id: "token-error-answered",
    rows: ["RFC-7628"],
    scope: "session",
    shows: both(
      "Le client répond à l'erreur renvoyée par le serveur avant toute autre commande",
      "The error that the server shows is answered before any command",
    ),
    look(session, tell) {
      for (const answer of session.errorAnswers) {
        // Empty for XOAUTH2, 0x01 for OAUTHBEARER, `*` to give up (RFC 4954 §4).
        if (/^(?:\*|AQ==)?$/.test(answer.line)) tell.ok(lineOf(session, answer), answer.at);
        // Who says the token again (Jakarta Mail 2.0 over IMAP) answers badly, but answers; who hangs up asks nothing more of the server.
        else if (COMMAND.test(answer.line))
          tell.breach(
            both(
              "Le serveur renvoie l'erreur du jeton et attend une ligne vide ; le logiciel envoie une commande.",
              "The server shows the token's error and waits for an empty line; the software sends a command.",
            ),
            lineOf(session, answer),
            answer.at,
          );
      }
    },
  },
  {
    id: "session-closed",
    rows: ["SC.SSI-IE.38"],
    scope: "run",
    shows: both("La session se ferme par LOGOUT", "The session is closed by LOGOUT"),
    look(run, tell) {
      for (const session of run.sessions) {
        const scenario = run.scenarios.get(session.scenario ?? "");
        if (
          session.protocol !== "imap" ||
          session.authenticated === undefined ||
          !scenario?.requirements.includes("SC.SSI-IE.38")
        )
          continue;
        if (session.saidGoodbye) tell.ok(session.id, session.closedAt);
        else if (!session.ended && session.faults.length === 0)
          tell.breach(
            both(
              "La session que l'utilisateur a fermée ne se termine pas par LOGOUT.",
              "The session that was to be closed is not closed by LOGOUT.",
            ),
            session.id,
            session.closedAt,
          );
      }
    },
  },
];

const hasEnded = (
  run: { timeline: readonly { kind: string; what: string; at: string; id?: string }[] },
  { scenario, closedAt }: PastSession,
) =>
  run.timeline.some(
    (mark) => mark.kind === "scenario" && mark.what === "end" && mark.id === scenario && mark.at > closedAt,
  );
