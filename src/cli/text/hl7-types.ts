/** The words of `hl7`. */
export interface Hl7Text {
  from: string;
  to: string;
  action: string;
  document: string;
  bytes: (count: number) => string;
  recipient: string;
  actor: string;
  replyTo: string;
  flags: string;
  none: string;
  listening: (host: string, port: number) => string;
  message: string;
  told: string;
  /** An order that is for nobody of MSSanté. */
  nobody: string;
}
