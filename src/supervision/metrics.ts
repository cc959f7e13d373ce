import { levelOf } from "./judge.js";
import type { Health, HealthCheck } from "./types.js";

type Labels = Readonly<Record<string, string>>;
interface Sample {
  labels: Labels;
  value: number;
}
interface Family {
  name: string;
  help: string;
  samplesOf: (health: Health) => Sample[];
}

const FAMILIES: readonly Family[] = [
  {
    name: "medimail_health",
    help: "The worst of the checks: 0 ok, 1 warning, 2 critical.",
    samplesOf: ({ status }) => [{ labels: {}, value: levelOf(status) }],
  },
  {
    name: "medimail_health_check",
    help: "Each check: 0 ok, 1 warning, 2 critical.",
    samplesOf: ({ checks }) => checks.map(({ name, status }) => ({ labels: { check: name }, value: levelOf(status) })),
  },
  {
    name: "medimail_recipients",
    help: "Recipients by the state of their mail.",
    samplesOf: (health) =>
      Object.entries(countsOf(health, "queue"))
        .filter(([state]) => state !== "due")
        .map(([state, value]) => ({ labels: { state }, value })),
  },
  {
    name: "medimail_mails_due",
    help: "Mails that should have left.",
    samplesOf: (health) => one(countsOf(health, "queue").due),
  },
  {
    name: "medimail_oldest_due_seconds",
    help: "For how long the oldest of them has been due.",
    samplesOf: (health) => {
      const queue = checkOf(health, "queue");
      return queue ? [{ labels: {}, value: (queue.oldestMs ?? 0) / 1_000 }] : [];
    },
  },
  {
    name: "medimail_receipts_unmatched",
    help: "Receipts that belong to no mail of the outbox.",
    samplesOf: (health) => one(countsOf(health, "decisions").unmatchedReceipts),
  },
  {
    name: "medimail_documents_aside",
    help: "Documents received that the software refused, 100 at most.",
    samplesOf: (health) => one(countsOf(health, "inbox").aside),
  },
  time("medimail_service_heard_timestamp_seconds", "Last sign of life of a process that delivers.", "service", "last"),
  time("medimail_operator_success_timestamp_seconds", "The operator's last answer to a mail.", "operator", "last"),
  time("medimail_receipts_success_timestamp_seconds", "The last look for receipts that succeeded.", "receipts", "last"),
  time("medimail_certificate_expiry_timestamp_seconds", "End of our certificate.", "certificate", "expires"),
  time("medimail_white_list_timestamp_seconds", "When the white list was last confirmed.", "whiteList", "last"),
];

/**
 * The same for Prometheus and what reads its format (OpenMetrics): gauges, each with the mailbox as a label. For a page of the software's own, or a
 * file that node_exporter reads.
 *
 * @example
 * response.setHeader("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8");
 * response.end(healthMetrics([await connector.health()]));
 */
export function healthMetrics(healths: readonly Health[]): string {
  const lines: string[] = [];
  for (const { name, help, samplesOf } of FAMILIES) {
    const samples = healths.flatMap((health) =>
      samplesOf(health).map(({ labels, value }) => sample(name, { mailbox: health.mailbox, ...labels }, value)),
    );
    if (samples.length > 0) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...samples);
  }
  return `${lines.join("\n")}\n# EOF\n`;
}

function sample(name: string, labels: Labels, value: number): string {
  const inside = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}{${inside.join(",")}} ${value}`;
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

const one = (value: number | undefined): Sample[] => (value === undefined ? [] : [{ labels: {}, value }]);

const checkOf = ({ checks }: Health, name: HealthCheck["name"]): HealthCheck | undefined =>
  checks.find((check) => check.name === name);

const countsOf = (health: Health, name: HealthCheck["name"]): Readonly<Record<string, number>> =>
  checkOf(health, name)?.counts ?? {};

function time(name: string, help: string, check: HealthCheck["name"], field: "last" | "expires"): Family {
  return {
    name,
    help,
    samplesOf(health) {
      const at = Date.parse(checkOf(health, check)?.[field] ?? "");
      return Number.isNaN(at) ? [] : [{ labels: {}, value: at / 1_000 }];
    },
  };
}
