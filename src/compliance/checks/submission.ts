import type { Check } from "./check.js";
import { both } from "./check.js";

/** A server whose answer is one of the mock's faults: what the client does after it is another check's. */
const NOTIFY = new Set(["SUCCESS", "FAILURE", "DELAY", "NEVER"]);

/** SMTP, command by command. */
export const submission: readonly Check[] = [
  {
    id: "within-size",
    rows: ["MSS-va1.13"],
    scope: "transaction",
    shows: both("Courriel dans la taille annoncée", "Mail within the announced size"),
    look(transaction, session, tell) {
      const limit = Number(transaction.announced.get("SIZE") ?? 0);
      if (!(limit > 0)) return;
      const told = Number(transaction.parameters.get("SIZE") ?? 0);
      const where = `${session.id}, ${transaction.mail.n}`;
      const most = Math.max(told, transaction.bytes ?? 0);
      if (most > limit)
        tell.breach(
          both(
            `Courriel de ${most} octets ; l'opérateur annonce SIZE ${limit}.`,
            `Mail of ${most} bytes; the operator announces SIZE ${limit}.`,
          ),
          where,
        );
      else if (transaction.bytes !== undefined) tell.ok(where);
    },
  },
  {
    id: "size-parameter",
    rows: ["RFC-1870"],
    scope: "transaction",
    shows: both("SIZE= donné quand l'opérateur l'annonce, et exact", "SIZE= given where announced, and right"),
    look(transaction, session, tell) {
      const told = transaction.parameters.get("SIZE");
      const where = `${session.id}, ${transaction.mail.n}`;
      if (!transaction.announced.has("SIZE")) {
        if (told !== undefined && session.dialogue === "whole")
          tell.breach(
            both(
              "SIZE= est donné alors que l'opérateur ne l'annonce pas.",
              "SIZE= is given though the operator does not announce it.",
            ),
            where,
          );
        return;
      }
      if (told === undefined)
        tell.breach(
          both(
            "MAIL n'a pas SIZE= alors que l'opérateur l'annonce.",
            "MAIL has no SIZE= though the operator announces it.",
          ),
          where,
        );
      else if (transaction.bytes !== undefined && Number(told) < transaction.bytes * 0.95 - 100)
        tell.breach(
          both(
            `SIZE=${told} alors que le courriel fait ${transaction.bytes} octets.`,
            `SIZE=${told} though the mail has ${transaction.bytes} bytes.`,
          ),
          where,
        );
      // Content came whose size is not known: whether the number is right was not seen.
      else if (transaction.bytes !== undefined || (session.dialogue === "whole" && !transaction.data)) tell.ok(where);
    },
  },
  {
    id: "dsn-parameters",
    rows: ["RFC-3461-3464"],
    scope: "transaction",
    shows: both(
      "NOTIFY, ORCPT, ENVID, RET utilisés quand DSN est annoncé",
      "NOTIFY, ORCPT, ENVID, RET used where DSN is announced",
    ),
    look(transaction, session, tell) {
      const where = `${session.id}, ${transaction.mail.n}`;
      const given = [transaction, ...transaction.recipients].flatMap(({ parameters }) => [...parameters.keys()]);
      const used = given.filter((name) => ["NOTIFY", "ORCPT", "ENVID", "RET"].includes(name));
      if (used.length === 0) return;
      if (!transaction.announced.has("DSN")) {
        if (session.dialogue !== "whole") return;
        tell.breach(
          both(
            `${used[0]} est utilisé alors que DSN n'est pas annoncé.`,
            `${used[0]} is used though DSN is not announced.`,
          ),
          where,
        );
        return;
      }
      const wrong = transaction.recipients.find(({ parameters }) => {
        const notify = parameters.get("NOTIFY")?.toUpperCase().split(",");
        const original = parameters.get("ORCPT");
        const badNotify =
          notify && (notify.some((word) => !NOTIFY.has(word)) || (notify.includes("NEVER") && notify.length > 1));
        return badNotify || (original !== undefined && !/^[A-Za-z0-9-]+;./.test(original));
      });
      const ret = transaction.parameters.get("RET");
      if (wrong)
        tell.breach(
          both("NOTIFY ou ORCPT est mal formé.", "NOTIFY or ORCPT is ill written."),
          `${session.id}, ${wrong.n}`,
        );
      else if (ret !== undefined && !/^(FULL|HDRS)$/i.test(ret))
        tell.breach(both("RET n'est ni FULL ni HDRS.", "RET is neither FULL nor HDRS."), where);
      else tell.ok(where);
    },
  },
  {
    id: "ehlo-and-quit",
    rows: ["RFC-5321"],
    scope: "session",
    guard: true,
    shows: both("EHLO au début, QUIT à la fin", "EHLO at the beginning, QUIT at the end"),
    look(session, tell) {
      if (session.protocol !== "smtp" || session.mails === 0 || session.closedAt === undefined) return;
      if (session.counts.has("HELO"))
        tell.breach(
          both("La session s'ouvre par HELO ; attendu : EHLO.", "The session begins by HELO; expected: EHLO."),
          session.id,
        );
      // Neither recorded nor counted: how it ended is not known.
      else if (session.dialogue !== "whole" && !session.counted) return;
      else if (!session.saidGoodbye && session.ended === undefined && session.faults.length === 0)
        tell.breach(both("La connexion est fermée sans QUIT.", "The connection is closed without QUIT."), session.id);
      else tell.ok(session.id);
    },
  },
  {
    id: "permanent-not-retried",
    rows: ["RFC-5321"],
    scope: "run",
    guard: true,
    shows: both(
      "Un refus 5xx n'est pas retenté, un refus 4xx l'est après une pause",
      "A 5xx is not tried again, a 4xx is after a pause",
    ),
    look(run, tell) {
      for (const { first, again } of run.retries) {
        const where = `${again.session}, ${again.n}`;
        const wait = Date.parse(again.at) - Date.parse(first.at);
        if (first.code.startsWith("5"))
          tell.breach(
            both(
              `Nouvel essai après un refus définitif (${first.code}).`,
              `Tried again after a permanent refusal (${first.code}).`,
            ),
            where,
            again.at,
          );
        else if (wait < 500)
          tell.breach(
            both(
              `Nouvel essai ${wait} ms après un refus temporaire (${first.code}), sans pause.`,
              `Tried again ${wait} ms after a temporary refusal (${first.code}), without a pause.`,
            ),
            where,
            again.at,
          );
        else tell.ok(where, again.at);
      }
    },
  },
  {
    id: "not-sent-twice",
    rows: ["RFC-5321"],
    scope: "run",
    guard: true,
    shows: both("Aucun courriel accepté n'est renvoyé", "No accepted mail is sent again"),
    look(run, tell) {
      const seen = new Map<string, string>();
      for (const sent of run.sent) {
        if (sent.messageId === undefined) continue;
        for (const to of sent.to) {
          const key = `${sent.messageId} ${to.toLowerCase()}`;
          const before = seen.get(key);
          if (before !== undefined)
            tell.breach(
              both(
                "Le même courriel est remis deux fois au même destinataire.",
                "The same mail is handed over twice for the same recipient.",
              ),
              sent.name,
              sent.at,
            );
          else seen.set(key, sent.at);
        }
      }
      const lost = run.sessions.find(({ faults }) => faults.includes("drop-after-data"));
      if (lost) tell.ok(lost.id, lost.closedAt);
    },
  },
];
