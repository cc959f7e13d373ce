import type { WatchedSession } from "../judge/session.js";
import { lineOf } from "../judge/session.js";
import type { Check, Tell } from "./check.js";
import { both } from "./check.js";
import { spokenInClear } from "./starttls.js";

/** ECO.1.1.3, for TLS 1.2 and below. The signals of RFC 5746 and RFC 7507 are no suites. */
const LISTED = new Set(["0xC030", "0xC02F", "0xC028", "0xC027"]);
const SIGNALS = new Set(["0x00FF", "0x5600"]);
const isTls13 = (suite: string) => /^0x13[0-9A-F]{2}$/i.test(suite);
const OLD = new Set(["TLSv1.1", "TLSv1", "SSLv3"]);

/** The client took the server for what it said it was: it showed a credential, or handed a mail over. */
export function trusted(session: WatchedSession) {
  return session.commands.find(
    ({ verb }) => verb === "AUTH" || verb === "AUTHENTICATE" || verb === "LOGIN" || verb === "MAIL",
  );
}

/** The same, of a session whose commands may not have been recorded. */
const relied = (session: WatchedSession) =>
  trusted(session) !== undefined || session.mails > 0 || session.authenticated !== undefined;

/** A certificate that must be refused: no credential is shown after it. */
function refuses(id: string, row: string, profiles: readonly string[], fr: string, en: string): Check {
  return {
    id,
    rows: [row],
    scope: "session",
    shows: both(`Refusé : ${fr}`, `Refused: ${en}`),
    look(session, tell) {
      if (!profiles.includes(session.profile) || !session.starttls) return;
      const command = trusted(session);
      if (command)
        tell.breach(
          both(
            `La connexion continue (${command.verb}) malgré ${fr}.`,
            `The connection goes on (${command.verb}) in spite of ${en}.`,
          ),
          lineOf(session, command),
          command.at,
        );
      else if (session.tls) tell.ok(lineOf(session, session.starttls));
    },
  };
}

const offered = (session: WatchedSession) => session.tls?.clientHello;

/** TLS as it was negotiated, and what the client offered. */
export const tls: readonly Check[] = [
  {
    id: "tls-version",
    rows: ["ECO.1.1.1"],
    scope: "session",
    shows: both("TLS 1.2 au moins", "TLS 1.2 at least"),
    look(session, tell) {
      const { tls: handshake } = session;
      if (!handshake) return;
      const where = lineOf(session, session.starttls);
      const old = offered(session)?.versions.find((version) => OLD.has(version));
      if (handshake.what === "established" && OLD.has(handshake.version ?? ""))
        tell.breach(both(`La session est en ${handshake.version}.`, `The session is in ${handshake.version}.`), where);
      else if (old !== undefined)
        tell.breach(
          both(
            `Le ClientHello propose ${old} ; attendu : TLS 1.2 au moins.`,
            `The ClientHello offers ${old}; expected: TLS 1.2 at least.`,
          ),
          where,
        );
      else if (session.profile === "tls-1.1") tell.ok(where);
      // A version that is not told proves nothing.
      else if (handshake.what === "established" && handshake.version !== undefined && relied(session)) tell.ok(where);
    },
  },
  {
    id: "no-session-without-starttls",
    rows: ["ECO.1.1.1"],
    scope: "session",
    shows: both("Serveur sans STARTTLS : rien n'est envoyé", "Server without STARTTLS: nothing is sent"),
    look(session, tell) {
      if (!session.faults.includes("strip-starttls") || session.tls) return;
      // What is said in clear is told by the check of each protocol.
      if (spokenInClear(session).length === 0 && session.clear.length > 0)
        tell.ok(lineOf(session, session.clear.at(-1)));
      else if (session.clear.length > 0)
        tell.breach(
          both(
            "La session continue en clair avec un serveur sans STARTTLS.",
            "The session goes on in clear with a server without STARTTLS.",
          ),
          lineOf(session, spokenInClear(session)[0]),
        );
    },
  },
  {
    id: "tls-1.2-spoken",
    rows: ["ECO.1.1.2"],
    scope: "session",
    shows: both("TLS 1.2 est proposé", "TLS 1.2 is offered"),
    look(session, tell) {
      const hello = offered(session);
      if (!hello) return;
      const where = lineOf(session, session.starttls);
      if (hello.versions.includes("TLSv1.2")) tell.ok(where);
      else
        tell.breach(
          both(
            "TLS 1.2 n'est pas proposé : un opérateur limité à 1.2 ne peut pas être joint.",
            "TLS 1.2 is not offered: an operator limited to 1.2 is not reached.",
          ),
          where,
        );
    },
  },
  {
    id: "suites-offered",
    rows: ["ECO.1.1.3"],
    scope: "session",
    shows: both(
      "Seules les suites de la liste sont proposées (TLS 1.2)",
      "Only the listed suites are offered (TLS 1.2)",
    ),
    look(session, tell) {
      const hello = offered(session);
      if (!hello) return;
      const where = `${lineOf(session, session.starttls)}, ClientHello`;
      const others = hello.suites.filter((suite) => !LISTED.has(suite) && !SIGNALS.has(suite) && !isTls13(suite));
      if (others.length > 0)
        tell.breach(
          both(
            `${others.length} suite(s) hors de la liste sont proposées : ${others.slice(0, 8).join(" ")} ; attendu : 0xC030 0xC02F 0xC028 0xC027.`,
            `${others.length} suites outside of the list are offered: ${others.slice(0, 8).join(" ")}; expected: 0xC030 0xC02F 0xC028 0xC027.`,
          ),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "weak-server-refused",
    rows: ["ECO.1.1.3"],
    scope: "session",
    guard: true,
    shows: both("Serveur aux suites hors liste : pas de session", "Server of other suites: no session"),
    look(session, tell) {
      if (session.profile !== "weak-ciphers" || !session.tls) return;
      const where = lineOf(session, session.starttls);
      if (session.tls.what === "established")
        tell.breach(
          both(
            `La session s'établit avec ${session.tls.cipher}, hors de la liste.`,
            `The session is set up with ${session.tls.cipher}, outside of the list.`,
          ),
          where,
        );
      else tell.ok(where);
    },
  },
  {
    id: "operator-certificate",
    rows: ["ECO.1.1.4"],
    scope: "run",
    shows: both(
      "Certificat d'opérateur (chaîne de test IGC-Santé) accepté",
      "Operator's certificate (test chain of IGC-Santé) accepted",
    ),
    look(run, tell) {
      const good = run.sessions.filter(({ profile, tls: seen }) => profile === "good" && seen);
      const accepted = good.find(({ established, spoke }) => established && spoke);
      const refused = good.find(({ established }) => !established);
      if (accepted) tell.ok(accepted.id, accepted.openedAt);
      else if (refused && good.length >= 2 && good.every(({ established, spoke }) => !established || !spoke))
        tell.breach(
          both(
            "Le certificat de l'opérateur est refusé à chaque connexion.",
            "The operator's certificate is refused at each connection.",
          ),
          refused.id,
          refused.openedAt,
        );
    },
  },
  refuses("expired-refused", "ECO.1.1.5", ["expired-certificate"], "un certificat expiré", "an expired certificate"),
  refuses("revoked-refused", "ECO.1.1.6", ["revoked-certificate"], "un certificat révoqué", "a revoked certificate"),
  refuses(
    "other-authority-refused",
    "ECO.1.1.10",
    ["untrusted-certificate", "wrong-range-certificate", "wrong-usage-certificate"],
    "un certificat d'une autre autorité, gamme ou usage",
    "a certificate of another authority, range or usage",
  ),
  refuses(
    "wrong-name-refused",
    "RFC-7817",
    ["wrong-name-certificate"],
    "un certificat d'un autre nom",
    "a certificate of another name",
  ),
  ...authentication(),
];

function authentication(): Check[] {
  const typeOf = (address: string, types: ReadonlyMap<string, string>) => types.get(address.toLowerCase());
  const senderOf = (session: WatchedSession) => session.authenticated ?? session.current?.from ?? session.lastFrom;
  return [
    {
      id: "xoauth2",
      rows: ["ECO.1.2.1"],
      scope: "session",
      shows: both("XOAUTH2 sous TLS, au nom de la boîte", "XOAUTH2 inside TLS, in the name of the box"),
      look(session, tell, run) {
        const early = session.clear.find(({ line }) => /\b(?:AUTH|AUTHENTICATE)\s+XOAUTH2\b/i.test(line));
        if (early)
          tell.breach(both("XOAUTH2 hors de TLS.", "XOAUTH2 outside of TLS."), lineOf(session, early), early.at);
        const silent = session.protocol === "smtp" && session.tls && session.auths.length === 0;
        const mail = silent ? session.commands.find(({ verb }) => verb === "MAIL") : undefined;
        const box = typeOf(session.lastFrom ?? session.current?.from ?? "", run.mailboxes);
        if (mail && session.dialogue === "whole" && box !== undefined && box !== "APP" && box !== "patient")
          tell.breach(
            both(
              "La boîte envoie (MAIL) sans s'être authentifiée ; attendu : XOAUTH2 et le jeton Pro Santé Connect.",
              "The box sends (MAIL) without having authenticated; expected: XOAUTH2 with the Pro Santé Connect token.",
            ),
            lineOf(session, mail),
            mail.at,
          );
        for (const auth of session.auths) {
          const type = typeOf(auth.user, run.mailboxes);
          // A log may not say who was refused.
          const named = type === undefined && auth.user !== "" && run.mailboxes.size > 0;
          if (named && auth.mechanism.toUpperCase() === "XOAUTH2" && !auth.ok)
            tell.breach(
              both(
                "XOAUTH2 avec un nom qui n'est l'adresse d'aucune boîte.",
                "XOAUTH2 in the name of something else than the box: it is the address of none.",
              ),
              `${session.id}, AUTH`,
              auth.at,
            );
          if (type === undefined || type === "APP" || type === "patient") continue;
          const where = `${session.id}, AUTH`;
          if (!auth.tls) tell.breach(both("XOAUTH2 hors de TLS.", "XOAUTH2 outside of TLS."), where, auth.at);
          else if (auth.mechanism.toUpperCase() !== "XOAUTH2")
            tell.breach(
              both(
                `La boîte s'authentifie par ${auth.mechanism} ; attendu : XOAUTH2 et le jeton Pro Santé Connect.`,
                `The box authenticates by ${auth.mechanism}; expected: XOAUTH2 with the Pro Santé Connect token.`,
              ),
              where,
              auth.at,
            );
          else if (auth.ok) tell.ok(where, auth.at);
        }
      },
    },
    {
      id: "client-certificate",
      rows: ["APP-AUTH"],
      scope: "session",
      shows: both(
        "Certificat client présenté pour la boîte applicative",
        "Client certificate shown for the application's box",
      ),
      look(session: WatchedSession, tell: Tell, run) {
        if (session.tls?.what !== "established") return;
        const user = senderOf(session);
        if (user === undefined || typeOf(user, run.mailboxes) !== "APP") return;
        const certificate = session.tls.clientCertificate;
        const where = lineOf(session, session.starttls);
        // SASL EXTERNAL inside TLS is the client's certificate (RFC 4422, appendix A), though a log may not show it.
        const external = session.auths.find(({ mechanism, ok, tls }) => ok && tls && /^EXTERNAL$/i.test(mechanism));
        if (!certificate && session.tls.partial) {
          if (external) tell.ok(where, external.at);
        } else if (!certificate)
          tell.breach(
            both(
              "La boîte APP est ouverte sans certificat client.",
              "The APP box is opened without a client certificate.",
            ),
            where,
          );
        else if (!certificate.authorized)
          tell.breach(
            both(
              `Le certificat client n'est pas émis par une autorité admise (${certificate.issuer.slice(0, 150)}).`,
              `The client certificate is of no accepted authority (${certificate.issuer.slice(0, 150)}).`,
            ),
            where,
          );
        else tell.ok(where);
      },
    },
  ];
}
