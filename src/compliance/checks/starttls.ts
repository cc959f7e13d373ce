import type { WatchedSession } from "../judge/session.js";
import { lineOf } from "../judge/session.js";
import type { Check } from "./check.js";
import { both } from "./check.js";

/** What may be said before TLS. NOOP and RSET say nothing; ID of IMAP tells the client's name, which is not asked for. */
const SMTP_CLEAR = new Set(["EHLO", "STARTTLS", "NOOP", "QUIT", "HELO", "RSET"]);
const IMAP_CLEAR = new Set(["CAPABILITY", "STARTTLS", "NOOP", "LOGOUT"]);

const allowed = ({ protocol }: WatchedSession) => (protocol === "smtp" ? SMTP_CLEAR : IMAP_CLEAR);

/** The words of the client that must not be said in clear. */
export function spokenInClear(session: WatchedSession) {
  return session.clear.filter(({ verb }) => !allowed(session).has(verb));
}

const notAgain = (verb: string) =>
  both(
    `Après STARTTLS, ${verb} est envoyé sans que les capacités soient redemandées : ce qui a été annoncé en clair ne doit plus compter.`,
    `After STARTTLS ${verb} comes without asking the capabilities again: what was announced in clear must not count any more.`,
  );

/** The order of a session: nothing before TLS, capabilities again after it. */
export const starttls: readonly Check[] = [
  ...(["smtp", "imap"] as const).map(
    (protocol): Check => ({
      id: `${protocol}-nothing-before-tls`,
      rows: [protocol === "smtp" ? "ECO.1.0.1" : "ECO.1.0.2", "ECO.1.1.1"],
      scope: "session",
      shows: both(
        "Rien n'est envoyé avant STARTTLS, hormis l'accueil",
        "Nothing but the greeting is said before STARTTLS",
      ),
      look(session, tell) {
        if (session.protocol !== protocol) return;
        const [first] = spokenInClear(session);
        const open = session.auths.find(({ tls }) => !tls);
        if (first)
          tell.breach(
            both(
              `La commande ${first.verb} est envoyée en clair, avant STARTTLS.`,
              `The command ${first.verb} is sent in clear, before STARTTLS.`,
            ),
            lineOf(session, first),
            first.at,
          );
        else if (open)
          tell.breach(
            both(
              "Une authentification est tentée en clair, avant STARTTLS.",
              "An authentication is tried in clear, before STARTTLS.",
            ),
            session.id,
            open.at,
          );
        // Of a dialogue that was not recorded, what was said before STARTTLS is not known.
        else if (
          session.dialogue === "whole" &&
          session.tls?.what === "established" &&
          (session.mails > 0 || session.authenticated !== undefined)
        )
          tell.ok(lineOf(session, session.starttls));
      },
    }),
  ),
  {
    id: "capabilities-again",
    rows: ["RFC-3207-3501"],
    scope: "session",
    shows: both(
      "Les capacités sont demandées de nouveau après STARTTLS",
      "Capabilities are asked again after STARTTLS",
    ),
    look(session, tell) {
      if (session.tls?.what !== "established" || session.dialogue !== "whole") return;
      const [first] = session.commands;
      if (!first || first.verb === "QUIT" || first.verb === "LOGOUT") return;
      if (session.protocol === "smtp") {
        if (first.verb === "EHLO") tell.ok(lineOf(session, first), first.at);
        else tell.breach(notAgain(first.verb), lineOf(session, first), first.at);
        return;
      }
      const login = session.commands.find(({ verb }) => verb === "AUTHENTICATE" || verb === "LOGIN");
      if (!login) return;
      // Told unasked, they count too.
      const told = session.capabilitiesAfterTls;
      if (told !== undefined && told < login.n) tell.ok(lineOf(session, login), login.at);
      else tell.breach(notAgain(login.verb), lineOf(session, login), login.at);
    },
  },
  {
    id: "no-plaintext-after-starttls",
    rows: ["RFC-3207-3501"],
    scope: "session",
    guard: true,
    shows: both("Rien en clair après STARTTLS", "Nothing in clear behind STARTTLS"),
    look(session, tell) {
      if (session.pipelinedClear !== undefined)
        tell.breach(
          both(
            `${session.pipelinedClear} octets suivent STARTTLS en clair, avant la négociation.`,
            `${session.pipelinedClear} bytes follow STARTTLS in clear, before the handshake.`,
          ),
          lineOf(session, session.starttls),
        );
      else if (session.starttls) tell.ok(lineOf(session, session.starttls));
    },
  },
];
