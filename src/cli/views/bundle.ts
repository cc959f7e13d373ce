import type { Config } from "../../config/index.js";
import type { Diagnosis } from "../../diagnosis/index.js";
import { styleFor } from "../style.js";
import type { Text } from "../text/index.js";
import { VERSION } from "../version.js";
import { doctorText, doctorValue } from "./doctor.js";

/** A report for the operator's support: words first, then the same as data. Made of what was seen, never of what is secret. */
export function bundleText(diagnosis: Diagnosis, config: Config, text: Text): string {
  const { bundle } = text.doctor;
  const plain = styleFor(false, {});
  const data = {
    connector: VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    configuration: summaryOf(config),
    diagnosis: doctorValue(diagnosis, text),
  };
  return [
    bundle.title,
    `${bundle.made} ${diagnosis.startedAt}`,
    `medimail-connector ${VERSION}, Node.js ${process.version}, ${process.platform} ${process.arch}`,
    bundle.nothingSecret,
    "",
    `== ${bundle.steps}`,
    "",
    doctorText(diagnosis, text, plain),
    "",
    `== ${bundle.configuration}`,
    "",
    JSON.stringify(data.configuration, null, 2),
    "",
    `== ${bundle.data}`,
    "",
    JSON.stringify(data, null, 2),
    "",
  ].join("\n");
}

/** The configuration as far as it says how the operator is reached: choices, never values that are secret, nor paths, which name people. */
function summaryOf({ mailbox, operator, tls, trust, network, auth, software, outbox }: Config) {
  const { proxy, ...reached } = network;
  return {
    mailbox,
    operator,
    tls: { authorities: tls.ca?.length ?? 0, revocation: tls.revocation },
    trust: { whiteList: trust.whiteList === undefined || trust.whiteList === "off" ? "off" : "file" },
    network: { proxy: proxy === undefined ? "none" : new URL(proxy).protocol.replace(":", ""), ...reached },
    auth: { method: auth.method, ...("sasl" in auth ? { sasl: auth.sasl } : {}) },
    software: { name: software.name, version: software.version, nil: software.nil },
    outbox: { store: outbox.store },
  };
}
