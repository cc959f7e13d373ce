// What the servers see, as it happens: SMTP, IMAP, HTTP, DNS.
import { choice, h, labelled, put } from "./dom.js";
import { t } from "./texts.js";

const KEEP = 2000;
/** @type {{ rank: number, observation: any }[]} */
const kept = [];
const filter = { protocol: "all", connection: "all", paused: false };

export function trafficView() {
  const log = h("div", { class: "log", role: "log", tabindex: 0, "aria-label": t("nav.traffic"), "aria-live": "off" });
  const bar = h("div", { class: "row" });
  const element = h("div", {}, bar, log);

  function draw() {
    const found = kept.filter(({ observation }) => fits(observation)).slice(-500);
    put(log, ...found.map(({ observation }) => line(observation)));
    log.scrollTop = log.scrollHeight;
  }
  function drawBar() {
    const change = (/** @type {"protocol" | "connection"} */ name) => (/** @type {Event} */ event) => {
      filter[name] = /** @type {HTMLSelectElement} */ (event.target).value;
      draw();
    };
    const protocols = ["all", "smtp", "imap", "http", "dns", "mock"].map(
      (name) => /** @type {[string, string]} */ ([name, t(`protocol.${name}`)]),
    );
    const names = [...new Set(kept.map(({ observation }) => observation.connection))].slice(-100);
    const connections = [["all", t("protocol.all")], ...names.map((name) => [name, name])];
    put(
      bar,
      labelled(
        t("traffic.protocol"),
        choice(protocols, filter.protocol, { "data-key": "protocol", change: change("protocol") }),
      ),
      labelled(
        t("traffic.connection"),
        choice(/** @type {[string, string][]} */ (connections), filter.connection, {
          "data-key": "connection",
          change: change("connection"),
        }),
      ),
      h(
        "button",
        {
          "data-key": "pause",
          "aria-pressed": String(filter.paused),
          click: () => {
            filter.paused = !filter.paused;
            drawBar();
            if (!filter.paused) draw();
          },
        },
        t("traffic.pause"),
      ),
      h(
        "button",
        {
          "data-key": "empty",
          click: () => {
            kept.length = 0;
            draw();
          },
        },
        t("traffic.empty"),
      ),
    );
  }
  return {
    element,
    refresh() {
      drawBar();
      if (!filter.paused) draw();
    },
    /** @param {number} _rank @param {any} observation */
    seen(_rank, observation) {
      if (filter.paused || !fits(observation)) return;
      const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
      log.append(line(observation));
      if (log.childElementCount > KEEP) log.firstElementChild?.remove();
      if (atEnd) log.scrollTop = log.scrollHeight;
    },
  };
}

/** Kept whatever view is open. @param {number} rank @param {any} observation */
trafficView.keep = (rank, observation) => {
  kept.push({ rank, observation });
  if (kept.length > KEEP * 1.1) kept.splice(0, kept.length - KEEP);
};

/** @param {any} observation */
function protocolOf({ protocol, kind, connection }) {
  if (protocol) return protocol;
  if (kind === "http" || kind === "dns") return kind;
  return /^(smtp|imap|http)-/.exec(connection)?.[1] ?? "mock";
}

/** @param {any} observation */
function fits(observation) {
  return (
    (filter.protocol === "all" || protocolOf(observation) === filter.protocol) &&
    (filter.connection === "all" || observation.connection === filter.connection)
  );
}

/** @param {any} seen */
function line(seen) {
  const side = seen.kind === "line" ? (seen.from === "client" ? "C:" : "S:") : seen.kind.toUpperCase();
  const look =
    seen.kind === "fault" || seen.ok === false || seen.what === "failed"
      ? "bad"
      : seen.from === "server" && seen.kind === "line"
        ? "server"
        : "";
  return h("div", { class: look }, h("time", {}, seen.at.slice(11, 23)), ` ${seen.connection} ${side} ${detail(seen)}`);
}

/** @param {any} seen */
function detail(seen) {
  switch (seen.kind) {
    case "line":
      return seen.line;
    case "tcp":
      return `${seen.what} ${seen.port}`;
    case "tls":
      return [seen.what, seen.version, seen.cipher, seen.error].filter(Boolean).join(" ");
    case "auth":
      return `${seen.mechanism} ${seen.user} ${t(seen.ok ? "auth.ok" : "auth.refused")}`;
    case "mail":
      return `${seen.from} → ${seen.to.join(", ")} (${seen.size})`;
    case "delivered":
      return `${seen.from} → ${seen.mailbox} (${seen.size}) ${seen.what ?? ""}`;
    case "dns":
      return `${seen.type} ${seen.name} → ${seen.answer} (${seen.records})`;
    case "http":
      return `${seen.method} ${seen.path} → ${seen.status} ${seen.error ?? ""}`;
    case "fault":
      return seen.name;
    case "scenario":
      return [seen.id, seen.what, seen.step, seen.reason].filter((part) => part !== undefined).join(" ");
    case "mailbox":
      return `${seen.address} ${seen.type}`;
    case "client":
      return `${seen.what} ${seen.code ?? ""}`;
    default:
      return JSON.stringify(seen);
  }
}
