import { readFileSync } from "node:fs";
import { ImapFlow } from "imapflow";
import { createConnector } from "../../src/index.js";
import { QUICK } from "../sending/kit.js";
import { describeWithOperator, type OperatorSettings } from "../tools/operator.js";
import { type ActingPlace, actingSuite } from "./acting-suite.js";

const ADDRESS = "dr.actes@medecin.test.mssante.fr";

async function atOperator(settings: OperatorSettings): Promise<ActingPlace> {
  const connector = createConnector(
    {
      mailbox: { address: ADDRESS, type: "PER" },
      operator: { imap: settings.imap, smtp: settings.smtpCertificate },
      tls: { ca: [settings.ca], revocation: "off" },
      trust: { whiteList: "off" },
      auth: { method: "password", username: ADDRESS, password: settings.plainPassword },
      software: { name: "LabSoft", version: "4.2", nil: "LABSOFT001" },
      sender: { label: "Dr ESSAI" },
      outbox: { store: "memory" },
    },
    { ...QUICK, delivery: "manual" },
  );
  const other = new ImapFlow({
    ...settings.imap,
    secure: false,
    doSTARTTLS: true,
    logger: false,
    disableAutoIdle: true,
    auth: { user: ADDRESS, pass: settings.plainPassword },
    tls: { ca: readFileSync(settings.ca, "utf8") },
  });
  other.on("error", () => {});
  await other.connect();
  return {
    connector,
    other,
    async [Symbol.asyncDispose]() {
      await other.logout();
      await connector.close();
    },
  };
}

describeWithOperator("acting in the mailbox, at a real operator (Dovecot)", 1, (settings) =>
  actingSuite(() => atOperator(settings())),
);
