import type { Hl7Text } from "./hl7-types.js";

export const englishHl7: Hl7Text = {
  from: "From",
  to: "To",
  action: "Action",
  document: "Document",
  bytes: (count) => `${count.toLocaleString("en-GB")} bytes`,
  recipient: "Recipient",
  actor: "Asked by",
  replyTo: "Answers to",
  flags: "Flags",
  none: "none",
  listening: (host, port) => `Orders in HL7 v2 are taken at ${host}, port ${port} (MLLP). Stop with Ctrl+C.`,
  message: "message",
  told: "told",
  nobody: "nobody to write to",
};
