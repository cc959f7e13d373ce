import type { ImportOptions, RequirementResult, ServerLog } from "../../src/compliance/index.js";
import { importServerLogs, judge } from "../../src/compliance/index.js";

export const UNTIL = new Date("2026-02-03T12:00:00Z");
const PEER = "lps.ch-exemple.example[192.0.2.10]";

export const logOf = (lines: readonly string[], name = "mail.log"): ServerLog => ({
  name,
  content: [`${lines.join("\n")}\n`],
  until: UNTIL,
});

export const imported = (lines: readonly string[], options?: ImportOptions) =>
  importServerLogs([logOf(lines)], options);

/** What is said of the rows, by their code. */
export async function verdicts(
  logs: readonly ServerLog[],
  options?: ImportOptions,
): Promise<Map<string, RequirementResult>> {
  const { observations } = await importServerLogs(logs, options);
  const { results } = await judge(observations, { mail: () => undefined, lang: "en" });
  return new Map(results.map((result) => [result.code, result]));
}

export const passed = (results: ReadonlyMap<string, RequirementResult>): string[] =>
  [...results.values()].filter(({ verdict }) => verdict === "pass").map(({ code }) => code);
export const failed = (results: ReadonlyMap<string, RequirementResult>): string[] =>
  [...results.values()].filter(({ verdict }) => verdict === "fail").map(({ code }) => code);

/** A client of Postfix that does all as it should, one mail; `dialogue`: its peer is in `debug_peer_list`. */
export function postfixLines({ dialogue = false, tls = true, sasl = "", pid = 710, id = "4C0FFEE01D" } = {}): string[] {
  const smtpd = (text: string) => `Feb  3 09:15:0${Math.min(9, seconds)} mx1 postfix/submission/smtpd[${pid}]: ${text}`;
  const daemon = (name: string, text: string) => `Feb  3 09:15:04 mx1 postfix/${name}[99]: ${id}: ${text}`;
  let seconds = 1;
  const talk = (...lines: string[]) =>
    dialogue ? lines.map((line) => smtpd(`${line[0]} ${PEER}: ${line.slice(2)}`)) : [];
  const lines = [smtpd(`connect from ${PEER}`)];
  lines.push(
    ...talk(
      "> 220 mx1.exemple ESMTP",
      "< EHLO lps",
      "> 250-mx1.exemple",
      "> 250-SIZE 20000000",
      "> 250-STARTTLS",
      "> 250 DSN",
    ),
  );
  lines.push(...talk("< STARTTLS", "> 220 2.0.0 Ready to start TLS"));
  seconds = 2;
  if (tls)
    lines.push(
      smtpd(
        `Trusted TLS connection established from ${PEER}: TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)`,
      ),
    );
  lines.push(...talk("< EHLO lps", "> 250-mx1.exemple", "> 250-SIZE 20000000", "> 250-AUTH XOAUTH2", "> 250 DSN"));
  if (sasl !== "")
    lines.push(
      ...talk(
        `< AUTH XOAUTH2 ${Buffer.from("user=x\u0001auth=Bearer secretsecret").toString("base64")}`,
        "> 235 2.7.0 Authentication successful",
      ),
    );
  lines.push(...talk("< MAIL FROM:<labo@ch-exemple.mssante.fr> SIZE=4000 RET=HDRS ENVID=abc", "> 250 2.1.0 Ok"));
  lines.push(smtpd(`${id}: client=${PEER}${sasl}`));
  lines.push(
    ...talk(
      "< RCPT TO:<martin.dupont@medecin.mssante.fr> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;martin.dupont@medecin.mssante.fr",
      "> 250 2.1.5 Ok",
    ),
  );
  lines.push(...talk("< DATA", "> 354 End data with <CR><LF>.<CR><LF>"));
  lines.push(daemon("cleanup", "message-id=<un.essai@ch-exemple.mssante.fr>"));
  lines.push(daemon("qmgr", "from=<labo@ch-exemple.mssante.fr>, size=4312, nrcpt=1 (queue active)"));
  lines.push(...talk(`> 250 2.0.0 Ok: queued as ${id}`));
  lines.push(
    daemon(
      "lmtp",
      "to=<martin.dupont@medecin.mssante.fr>, relay=mx1.exemple[private/lmtp], delay=0.1, dsn=2.0.0, status=sent (250 2.0.0 Saved)",
    ),
  );
  lines.push(daemon("qmgr", "removed"));
  seconds = 8;
  lines.push(...talk("< QUIT", "> 221 2.0.0 Bye"));
  const auth = sasl === "" ? "" : " auth=1";
  lines.push(
    smtpd(
      `disconnect from ${PEER} ehlo=2 starttls=1${auth} mail=1 rcpt=1 data=1 quit=1 commands=${sasl === "" ? 7 : 8}`,
    ),
  );
  return lines;
}

export interface DovecotOptions {
  user?: string;
  method?: string;
  tls?: string;
  session?: string;
  mpid?: number;
  rip?: string;
}

/** A session of Dovecot from its login to its LOGOUT, in the format of its own file. */
export function dovecotLines({
  user = "labo@ch-exemple.mssante.fr",
  method = "EXTERNAL",
  tls = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
  session = "qXzT1a2b3c4d",
  mpid = 4711,
  rip = "192.0.2.10",
}: DovecotOptions = {}): string[] {
  const secured = tls === "" ? "" : ` ${tls},`;
  return [
    `Feb 03 09:20:00 imap-login: Info: Login: user=<${user}>, method=${method}, rip=${rip}, lip=192.0.2.1, mpid=${mpid},${secured} session=<${session}>`,
    `Feb 03 09:20:30 imap(${user})<${mpid}><${session}>: Info: Disconnected: Logged out in=300 out=2000 deleted=0 expunged=0`,
  ];
}

/** 09:20:00 of the third of February 2026, as rawlogs write it. */
const RAW_EPOCH = 1_770_110_400;

/** Both files of a rawlog, a line for each: `C: …`, `S: …`; a second goes by with each. */
export function rawlogs(lines: readonly string[], pid = 4711): ServerLog[] {
  const side = (mark: string, suffix: string): ServerLog => ({
    name: `20260203-092000.${pid}.1.${suffix}`,
    content: [
      lines
        .flatMap((line, at) =>
          line.startsWith(mark)
            ? line
                .slice(3)
                .split("\n")
                .map((part) => `${RAW_EPOCH + at}.25${String(at % 10_000).padStart(4, "0")} ${part}\r\n`)
            : [],
        )
        .join(""),
    ],
    until: UNTIL,
  });
  return [side("S: ", "out"), side("C: ", "in")];
}
