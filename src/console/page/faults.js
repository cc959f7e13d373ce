// Faults: by name, at a moment, counted.
import { act, get, path } from "./api.js";
import { choice, h, keep, labelled, put, table } from "./dom.js";
import { done, language, t } from "./texts.js";

/** @type {any[]} */
let kinds = [];
const asked = { name: "refuse", at: "rcpt", times: "1", skip: "0", for: "", ms: "", reply: "", status: "" };

export function faultsView() {
  const form = h("div");
  const active = h("div");
  const element = h("div", {}, form, h("h3", {}, t("faults.active")), active);

  async function refresh() {
    if (kinds.length === 0) {
      kinds = await get("/fault-kinds");
      drawForm();
    } else if (form.childElementCount === 0) drawForm();
    const found = await get("/faults");
    keep(active, found, () => (found.length === 0 ? [h("p", { class: "soft" }, t("faults.none"))] : drawActive(found)));
  }

  /** @param {any[]} found */
  function drawActive(found) {
    return [
      table(
        [t("fault.name"), t("fault.at"), t("fault.times"), t("fault.struck"), t("fault.for"), t("fault.action")],
        found.map((/** @type {any} */ fault) => [
          fault.name,
          fault.at,
          fault.times === "always" ? t("always") : fault.times,
          `${fault.struck}${fault.spent ? ` (${t("fault.spent")})` : ""}`,
          fault.for ?? "",
          h(
            "button",
            {
              "data-key": `remove-${fault.id}`,
              "aria-label": `${t("fault.remove")} ${fault.name}`,
              click: () => done(() => act("DELETE", path`/faults/${fault.id}`).then(refresh), t("fault.removed")),
            },
            t("fault.remove"),
          ),
        ]),
        t("faults.active"),
      ),
      h(
        "div",
        { class: "row" },
        h(
          "button",
          {
            "data-key": "clear",
            click: () => done(() => act("DELETE", "/faults").then(refresh), t("faults.cleared")),
          },
          t("faults.clear"),
        ),
      ),
    ];
  }

  function drawForm() {
    const kind = kinds.find(({ name }) => name === asked.name) ?? kinds[0];
    if (!kind) return;
    if (!kind.moments.includes(asked.at)) asked.at = kind.usual ?? kind.moments[0] ?? "";
    const change =
      (/** @type {keyof typeof asked} */ name, redraw = false) =>
      (/** @type {Event} */ event) => {
        asked[name] = /** @type {HTMLInputElement} */ (event.target).value;
        if (redraw) {
          if (name === "name") asked.at = kinds.find((one) => one.name === asked.name)?.usual ?? asked.at;
          drawForm();
        }
      };
    const field = (/** @type {keyof typeof asked} */ name, /** @type {Record<string, unknown>} */ attributes = {}) =>
      labelled(
        t(`fault.${name}`),
        h("input", { "data-key": name, value: asked[name], input: change(name), ...attributes }),
      );
    const named = kinds.map(({ name }) => /** @type {[string, string]} */ ([name, name]));
    const moments = kind.moments.map((/** @type {string} */ moment) => [moment, moment]);
    const times = [
      ["1", "1"],
      ["2", "2"],
      ["3", "3"],
      ["5", "5"],
      ["10", "10"],
      ["always", t("always")],
    ];
    put(
      form,
      h(
        "form",
        {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault();
            void done(() => act("POST", "/faults", script()).then(refresh), t("fault.added"));
          },
        },
        h(
          "fieldset",
          {},
          h("legend", {}, t("fault.add")),
          h(
            "div",
            { class: "row" },
            labelled(t("fault.name"), choice(named, asked.name, { "data-key": "name", change: change("name", true) })),
            labelled(t("fault.at"), choice(moments, asked.at, { "data-key": "at", change: change("at") })),
            labelled(
              t("fault.times"),
              choice(/** @type {[string, string][]} */ (times), asked.times, {
                "data-key": "times",
                change: change("times"),
              }),
            ),
            field("skip", { type: "number", min: 0 }),
            field("for", { type: "text", size: 28, autocomplete: "off" }),
          ),
          h(
            "div",
            { class: "row" },
            field("reply", { type: "number", min: 200, max: 599 }),
            field("status", { type: "text", size: 8, autocomplete: "off" }),
            field("ms", { type: "number", min: 0 }),
            h("button", { class: "main", "data-key": "add" }, t("fault.put")),
          ),
          h("p", {}, kind.description[language()]),
        ),
      ),
    );
  }

  function script() {
    const { name, at, times, skip, for: address, ms, reply, status } = asked;
    /** @type {Record<string, unknown>} */
    const made = { name, at, times: times === "always" ? times : Number(times) };
    if (Number(skip) > 0) made.skip = Number(skip);
    if (address.trim() !== "") made.for = address.trim();
    if (ms !== "") made.ms = Number(ms);
    if (reply !== "") made.reply = Number(reply);
    if (status.trim() !== "") made.status = status.trim();
    return made;
  }

  return { element, refresh };
}
