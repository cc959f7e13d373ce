import type { CertificateSeen, Diagnosis, Step } from "../../diagnosis/index.js";
import type { Style } from "../style.js";
import { printable } from "../style.js";
import type { Text } from "../text/index.js";

/** What `doctor --json` prints: the steps, and for each advice its stable code and its words in the language asked. */
export function doctorValue(diagnosis: Diagnosis, text: Text) {
  const { firstFailure, steps, ...rest } = diagnosis;
  return {
    ...rest,
    steps: steps.map((step) => stepValue(step, text)),
    ...(firstFailure ? { firstFailure: stepValue(firstFailure, text) } : {}),
  };
}

function stepValue({ advice, ...step }: Step, text: Text) {
  return { ...step, ...(advice ? { advice: { code: advice, text: text.doctor.advice[advice] } } : {}) };
}

export function doctorText(diagnosis: Diagnosis, text: Text, style: Style): string {
  const { doctor, colon } = text;
  const lines = [style.bold(doctor.title(diagnosis.mailbox))];
  let service = "";
  for (const step of diagnosis.steps) {
    if (step.service !== service) lines.push("", style.bold(text.operator.services[step.service]));
    service = step.service;
    lines.push(...stepLines(step, text, style));
  }
  const failure = diagnosis.firstFailure;
  lines.push("");
  if (failure) lines.push(...failureLines(failure, text, style));
  else lines.push(style.green(doctor.allWell(diagnosis.ms)));
  const warned = diagnosis.steps.flatMap(({ state, advice }) => (state === "warning" && advice ? [advice] : []));
  if (warned.length > 0) {
    lines.push("", `${doctor.warnings}${colon}`);
    for (const advice of new Set(warned)) lines.push(`  - ${doctor.advice[advice]}`);
  }
  return lines.join("\n");
}

const MARKS: Readonly<Record<Step["state"], (style: Style) => string>> = {
  ok: (style) => style.green("✓"),
  warning: (style) => style.yellow("!"),
  failed: (style) => style.red("✗"),
  skipped: (style) => style.dim("·"),
};

function stepLines(step: Step, text: Text, style: Style): string[] {
  const { doctor } = text;
  const width = Math.max(...Object.values(doctor.steps).map((name) => name.length));
  const time = step.ms === undefined ? "" : `${step.ms} ms`;
  const [first = "", ...more] = details(step, text);
  const indent = " ".repeat(width + 16);
  return [
    `  ${MARKS[step.state](style)} ${doctor.steps[step.step].padEnd(width)} ${time.padStart(9)}  ${printable(first)}`.trimEnd(),
    ...more.map((line) => style.dim(`${indent}${printable(line)}`)),
  ];
}

/** What was seen, in words. */
function details({ step, state, seen, error }: Step, text: Text): string[] {
  const { doctor, operator } = text;
  if (state === "skipped") return [doctor.notReached];
  const lines: string[] = [];
  const { hosts = [], addresses = [] } = seen;
  if (step === "resolved" || step === "connected") {
    const place = [hosts.join(" "), addresses.join(" "), seen.viaProxy ? doctor.viaProxy : ""];
    lines.push(place.filter((part) => part !== "").join("  "));
    if (seen.source)
      lines.push(seen.source === "pinned" ? operator.sources.pinned : `${operator.sources[seen.source]} ${seen.from}`);
  }
  if (step === "tls" && seen.version) lines.push(`${seen.version}  ${seen.cipher ?? ""}`);
  if (seen.certificate) lines.push(...certificateLines(seen.certificate, text));
  if (seen.revocation)
    lines.push(doctor.revocation[seen.revocation as keyof typeof doctor.revocation] ?? seen.revocation);
  if (step === "authenticated") {
    if (seen.mechanism) lines.push(doctor.mechanism(seen.mechanism));
    if (seen.clientCertificate) {
      const [subject, ...rest] = certificateLines(seen.clientCertificate, text);
      lines.push(`${doctor.ownCertificate}  ${subject}`, ...rest);
    }
    if (seen.capabilities) lines.push(seen.capabilities.join(" "));
  }
  if (step === "folders" && seen.folders !== undefined)
    lines.push(
      [
        doctor.folders(seen.folders),
        ...(seen.messages === undefined ? [] : [doctor.messages(seen.messages, seen.unseen)]),
      ].join(", "),
    );
  if (step === "limits" && state !== "failed") lines.push(limits(seen, text));
  if (error) lines.unshift(`[${error.code}] ${text.detail(error.message)}`);
  return lines.filter((line) => line.trim() !== "");
}

function limits({ maxSize, dsn, quota }: Step["seen"], { doctor }: Text): string {
  const parts = [maxSize ? doctor.maxSize(maxSize) : doctor.noMaxSize];
  if (dsn !== undefined) parts.push(dsn ? doctor.dsn.yes : doctor.dsn.no);
  else parts.push(quota ? doctor.quota(quota.usage, quota.limit) : doctor.quotaUnknown);
  return parts.join(", ");
}

function certificateLines({ subject, issuer, daysLeft, names }: CertificateSeen, { doctor }: Text): string[] {
  return [`${subject}  (${doctor.daysLeft(daysLeft)})`, `${doctor.issuedBy} ${issuer}`, names.join(", ")];
}

function failureLines(failure: Step, text: Text, style: Style): string[] {
  const { doctor, colon } = text;
  const { error, advice } = failure;
  const where = `${text.operator.services[failure.service]}, ${doctor.steps[failure.step]}`;
  const lines = [
    `${style.red(`${doctor.firstFailure}${colon}`)} ${where} — ${error ? (text.errors[error.code] ?? error.code) : ""}`,
  ];
  if (error) lines.push(`  ${printable(text.detail(error.message))} [${error.code}]`);
  if (error?.requirement) lines.push(`  ${text.requirement}${colon} ${error.requirement}`);
  if (advice) lines.push(`${style.bold(`${doctor.whatToDo}${colon}`)} ${doctor.advice[advice]}`);
  return lines;
}
