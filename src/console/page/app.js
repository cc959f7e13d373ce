// The page of the mock: one view at a time, chosen by the fragment; what the servers see comes as it happens.
import { accessView } from "./access.js";
import { follow, get, hasToken, Refused, useToken } from "./api.js";
import { clockBar, clockView } from "./clock.js";
import { h, labelled, put } from "./dom.js";
import { faultsView } from "./faults.js";
import { mailboxesView } from "./mailboxes.js";
import { scenariosView } from "./scenarios.js";
import { language, say, setLanguage, t } from "./texts.js";
import { trafficView } from "./traffic.js";

/** @typedef {{ element: HTMLElement, refresh?: () => Promise<void> | void, seen?: (rank: number, observation: any) => void }} View */

/** @type {readonly [string, string, () => View][]} */
const VIEWS = [
  ["mailboxes", "nav.mailboxes", mailboxesView],
  ["traffic", "nav.traffic", trafficView],
  ["faults", "nav.faults", faultsView],
  ["scenarios", "nav.scenarios", scenariosView],
  ["access", "nav.access", accessView],
  ["clock", "nav.clock", clockView],
];

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @type {View | undefined} */
let view;
let connected = true;

/** The view that the fragment names, the first where it names none. */
const chosen = () => VIEWS.find(([id]) => location.hash === `#/${id}`) ?? VIEWS[0];

function drawFrame() {
  document.documentElement.lang = language();
  document.title = t("title");
  byId("skip").textContent = t("skip");
  const other = language() === "fr" ? "en" : "fr";
  const button = h(
    "button",
    {
      "data-key": "lang",
      lang: other,
      click: () => {
        setLanguage(other);
        drawFrame();
        show();
      },
    },
    other === "en" ? "English" : "Français",
  );
  const lost = connected ? undefined : h("p", { class: "bad", role: "alert" }, t("lost"));
  put(byId("top"), h("h1", {}, t("title")), lost, h("span", { class: "grow" }), clockBar(), button);
  const [current] = chosen();
  const links = VIEWS.map(([id, text]) =>
    h("li", {}, h("a", { href: `#/${id}`, "data-key": id, "aria-current": id === current && "page" }, t(text))),
  );
  byId("nav").setAttribute("aria-label", t("nav"));
  put(byId("nav"), h("ul", {}, ...links));
}

function show() {
  const [, text, make] = chosen();
  view = make();
  put(byId("main"), h("h2", {}, t(text)), view.element);
  void refresh();
}

/** Asks the view for what is new; a refusal is said, not thrown. */
async function refresh() {
  try {
    await view?.refresh?.();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) askToken();
    else say(error);
  }
}

/** Many observations at once are one look. */
let planned = false;
function soon() {
  if (planned) return;
  planned = true;
  setTimeout(() => {
    planned = false;
    void refresh();
  }, 300);
}

const CHANGES = new Set(["mail", "delivered", "fault", "scenario", "client", "auth", "http"]);

async function start() {
  const { observations } = await get("/status");
  drawFrame();
  show();
  addEventListener("hashchange", () => {
    // The link that skips to the content is not a view.
    if (location.hash === "#main") return;
    drawFrame();
    show();
    byId("main").focus();
  });
  void follow(
    Math.max(0, observations - 500),
    (rank, observation) => {
      trafficView.keep(rank, observation);
      view?.seen?.(rank, observation);
      if (CHANGES.has(observation.kind)) soon();
    },
    (alive) => {
      if (alive === connected) return;
      connected = alive;
      drawFrame();
    },
  );
}

/** Without the address that the command printed, the token can be given by hand. */
function askToken() {
  view = undefined;
  document.documentElement.lang = language();
  document.title = t("title");
  const field = /** @type {HTMLInputElement} */ (h("input", { type: "password", autocomplete: "off", required: true }));
  const form = h(
    "form",
    {
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        useToken(field.value);
        begin();
      },
    },
    h("h1", {}, t("title")),
    h("p", {}, t("token.why")),
    h("div", { class: "row" }, labelled(t("token.field"), field), h("button", { class: "main" }, t("token.go"))),
  );
  put(byId("main"), form);
  field.focus();
}

function begin() {
  start().catch((error) => {
    if (error instanceof Refused && error.status === 401) askToken();
    else say(error);
  });
}

if (hasToken()) begin();
else askToken();
