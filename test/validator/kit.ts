import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Report } from "../../src/validator/index.js";

/** A folder that goes with the tests of the file. */
export function folderFor(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `medimail-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function reportOf(folder: string): Report {
  return JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as Report;
}

export function verdictOf(report: Report, code: string): string | undefined {
  return report.results.find((result) => result.code === code)?.verdict;
}

/**
 * A software under test of a few lines, in Node alone: it speaks SMTP over STARTTLS with the certificate of the APP mailbox, and sends one mail.
 * `header` is what its mail says of itself.
 */
export function smallConnector(
  folder: string,
  name: string,
  mail: { messageId: boolean; nil: boolean; verify?: boolean },
): string[] {
  const file = join(folder, `${name}.mjs`);
  const headers = [
    "From: Laboratoire <labo@ch-exemple.mssante.fr>",
    "To: <martin.dupont@medecin.mssante.fr>",
    "Date: Sat, 31 Jan 2026 08:30:00 +0100",
    "Subject: Bonjour",
    ...(mail.messageId ? ["Message-ID: <un.message@ch-exemple.mssante.fr>"] : []),
    ...(mail.nil ? ["X-MSS-NIL: TEST000001", "User-Agent: Petit LPS/2.1"] : []),
    "MIME-Version: 1.0",
    'Content-Type: text/plain; charset="utf-8"',
  ];
  writeFileSync(
    file,
    `import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { connect as tls } from "node:tls";
const ready = JSON.parse(readFileSync(process.env.MEDIMAIL_MOCK, "utf8"));
const box = ready.mailboxes.find(({ type }) => type === "APP");
let socket = connect(ready.smtp.port, "127.0.0.1");
const answer = () => new Promise((resolve, reject) => {
  let text = "";
  const onData = (data) => {
    text += data;
    if (!/^\\d{3} .*\\r\\n$/m.test(text)) return;
    socket.off("data", onData);
    resolve(text);
  };
  socket.on("data", onData).once("error", reject).once("close", () => reject(new Error("closed")));
});
const say = async (line) => { socket.write(line + "\\r\\n"); return answer(); };
await answer();
await say("EHLO petit.exemple");
await say("STARTTLS");
socket = tls({ socket, servername: "localhost", ca: readFileSync(ready.ca), cert: readFileSync(box.auth.pem), key: readFileSync(box.auth.key), ciphers: "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256", rejectUnauthorized: ${mail.verify ?? true} });
await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
await say("EHLO petit.exemple");
await say("MAIL FROM:<" + box.address + "> SIZE=2000");
await say("RCPT TO:<martin.dupont@medecin.mssante.fr>");
await say("DATA");
console.log("answer", await say(${JSON.stringify(`${headers.join("\r\n")}\r\n\r\nBonjour.\r\n.`)}));
await say("QUIT");
socket.end();
`,
  );
  return [process.execPath, file];
}

/** A command that runs this JavaScript. */
export function script(folder: string, name: string, source: string): string[] {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, source);
  return [process.execPath, file];
}
