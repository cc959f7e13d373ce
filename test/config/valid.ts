import type { ConfigInput } from "../../src/config/index.js";

/** The least that a configuration must say, with both parts that are not served yet set aside. */
export function validConfig(): ConfigInput {
  return {
    mailbox: { address: "labo@chu-exemple.mssante.fr", type: "APP" },
    operator: {
      imap: { host: "imap.exemple.mssante.fr", port: 143 },
      smtp: { host: "smtp.exemple.mssante.fr", port: 587 },
    },
    tls: { revocation: "off" },
    trust: { whiteList: "off" },
    auth: { method: "certificate", p12: "client.p12", passphrase: { env: "P12_PASSPHRASE" } },
    software: { name: "LabSoft", version: "4.2", nil: "LABSOFT001" },
    sender: { label: "Laboratoire de biologie - CHU EXEMPLE" },
  };
}
