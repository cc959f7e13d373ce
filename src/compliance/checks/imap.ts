import { lineOf } from "../judge/session.js";
import type { Check } from "./check.js";
import { both } from "./check.js";
import { isHarmless } from "./sessions.js";

const TWO_HOURS = 2 * 3600_000;
const IDLE_MOST = 29 * 60_000;

/** The mailbox, command by command. */
export const imap: readonly Check[] = [
  {
    id: "idle-renewed",
    rows: ["RFC-9051-3501"],
    scope: "session",
    shows: both("IDLE renouvelé en moins de 29 minutes", "IDLE renewed within 29 minutes"),
    look(session, tell) {
      if (session.protocol !== "imap") return;
      let since: { at: string; n: number } | undefined;
      for (const command of session.commands) {
        if (since && Date.parse(command.at) - Date.parse(since.at) > IDLE_MOST)
          tell.breach(
            both("IDLE dure plus de 29 minutes.", "IDLE lasts more than 29 minutes."),
            lineOf(session, since),
            command.at,
          );
        else if (since && command.verb === "DONE") tell.ok(lineOf(session, since), command.at);
        since = command.verb === "IDLE" ? command : undefined;
      }
    },
  },
  {
    id: "uids-not-numbers",
    rows: ["RFC-9051-3501"],
    scope: "session",
    shows: both("Les courriels sont désignés par UID", "Mails are named by UID"),
    look(session, tell) {
      if (session.protocol !== "imap") return;
      for (const command of session.commands) {
        // A list by numbers that asks for the UID and for no content is how UIDs are learnt.
        if (
          /^\S+ FETCH \S+ \((?=.*\bUID\b)(?!.*(?:\bBODY(?:\.PEEK)?\[(?!HEADER)|\bRFC822(?!\.SIZE)))/i.test(command.line)
        )
          continue;
        if (/^\S+ (?:FETCH|STORE|COPY|MOVE) /i.test(command.line))
          tell.breach(
            both(
              "Un courriel est désigné par son numéro d'ordre, que la suppression d'un autre change ; attendu : UID.",
              "A mail is named by its sequence number, which the removal of another changes; expected: UID.",
            ),
            lineOf(session, command),
            command.at,
          );
        else if (/^\S+ UID /i.test(command.line)) tell.ok(lineOf(session, command), command.at);
      }
    },
  },
  {
    id: "peek-before-reading",
    rows: ["RFC-9051-3501"],
    scope: "session",
    shows: both(
      "Les courriels sont lus sans être marqués comme lus (BODY.PEEK), par UID",
      "Mails are fetched without marking them read (BODY.PEEK), by UID",
    ),
    look(session, tell) {
      if (session.protocol !== "imap") return;
      for (const command of session.commands) {
        const [, uid, set = "", items = ""] = /^\S+ (UID )?FETCH (\S+) (.*)$/i.exec(command.line) ?? [];
        if (items === "") continue;
        const several = /[,:*]/.test(set);
        const marks = /(?:BODY\[|RFC822(?!\.(?:SIZE|HEADER)))/i.test(items.replace(/BODY\.PEEK\[/gi, ""));
        if (marks && several)
          tell.breach(
            both(
              "Plusieurs courriels sont lus par BODY[…] : ils sont marqués comme lus sans l'avoir été.",
              "Several mails are fetched by BODY[…]: they are marked read though nobody has read them.",
            ),
            lineOf(session, command),
            command.at,
          );
        else if (uid !== undefined && !marks && /BODY\.PEEK\[/i.test(items))
          tell.ok(lineOf(session, command), command.at);
      }
    },
  },
  {
    id: "locked-when-idle",
    rows: ["SC.SSI-IE.58"],
    scope: "session",
    shows: both(
      "Après 2 h sans activité, aucune commande sans nouvelle connexion",
      "After 2 h idle nothing is asked without a new login",
    ),
    look(session, tell) {
      if (session.protocol !== "imap" || session.authenticated === undefined) return;
      const own = session.commands.filter(({ verb }) => !["NOOP", "IDLE", "DONE"].includes(verb));
      for (const [at, command] of own.entries()) {
        const before = own[at - 1];
        if (!before || Date.parse(command.at) - Date.parse(before.at) < TWO_HOURS) continue;
        if (isHarmless(command.verb)) tell.ok(lineOf(session, command), command.at);
        else
          tell.breach(
            both(
              `${command.verb} après plus de 2 h sans activité, sans nouvelle connexion.`,
              `${command.verb} after more than 2 h idle, without a new login.`,
            ),
            lineOf(session, command),
            command.at,
          );
      }
    },
  },
];
