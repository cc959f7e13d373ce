// Scenarios with their steps, and what the observations so far say of each requirement.
import { act, get, path, Refused } from "./api.js";
import { h, keep, put, table } from "./dom.js";
import { done, language, t } from "./texts.js";

const open = new Set();

export function scenariosView() {
  const list = h("div");
  const verdicts = h("div");
  const element = h("div", {}, list, h("h3", {}, t("verdicts")), verdicts);

  async function refresh() {
    try {
      const { scenarios, current } = await get("/scenarios");
      keep(list, [scenarios, current], () =>
        scenarios.map((/** @type {any} */ scenario) => scenarioItem(scenario, current)),
      );
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      keep(list, "none", () => [h("p", { class: "soft" }, t("scenarios.none"))]);
      put(verdicts, h("p", { class: "soft" }, t("verdicts.none")));
      return;
    }
    const found = await get("/verdicts");
    const told = found.filter((/** @type {any} */ one) => one.verdict === "pass" || one.verdict === "fail");
    if (told.length === 0) put(verdicts, h("p", { class: "soft" }, t("verdicts.none")));
    else
      put(
        verdicts,
        h("p", {}, summary(found)),
        table(
          [t("verdict.code"), t("verdict.title"), t("verdict"), t("verdict.evidence")],
          told.map(verdictRow),
          t("verdicts"),
        ),
      );
  }

  /** @param {any} scenario @param {any} current */
  function scenarioItem(scenario, current) {
    const runs = current?.id === scenario.id;
    const title = language() === "fr" ? scenario.title : scenario.titleEn;
    const step = (/** @type {any} */ one, /** @type {number} */ index) =>
      h(
        "li",
        { class: runs && current.step === index + 1 && "mark" },
        language() === "fr" ? one.text : one.textEn,
        runs && " ",
        runs &&
          h(
            "button",
            {
              "data-key": `step-${index + 1}`,
              "aria-label": `${t("step.reached")} ${index + 1}`,
              click: () => done(() => act("POST", "/scenarios/step", { step: index + 1 }).then(refresh)),
            },
            t("step.reached"),
          ),
      );
    const details = h(
      "details",
      {
        open: runs || open.has(scenario.id),
        toggle: (/** @type {Event} */ event) => {
          if (/** @type {HTMLDetailsElement} */ (event.target).open) open.add(scenario.id);
          else open.delete(scenario.id);
        },
      },
      h(
        "summary",
        { "data-key": `scenario-${scenario.id}` },
        title,
        runs && h("span", { class: "good mark" }, ` ${t("scenario.runs")}`),
      ),
      h(
        "p",
        { class: "soft" },
        `${scenario.id} · ${scenario.requirements.join(", ")} · ${t("seconds", scenario.seconds)}`,
      ),
      h("ol", {}, ...scenario.steps.map(step)),
      h(
        "div",
        { class: "row" },
        runs
          ? h(
              "button",
              {
                class: "main",
                "data-key": `end-${scenario.id}`,
                click: () => done(() => act("POST", "/scenarios/end", {}).then(refresh), t("scenario.ended")),
              },
              t("scenario.end"),
            )
          : h(
              "button",
              {
                "data-key": `begin-${scenario.id}`,
                "aria-label": `${t("scenario.begin")} ${title}`,
                click: () =>
                  done(() => act("POST", path`/scenarios/${scenario.id}/begin`, {}).then(refresh), t("scenario.begun")),
              },
              t("scenario.begin"),
            ),
      ),
    );
    return details;
  }

  return { element, refresh };
}

/** @param {any[]} found */
function summary(found) {
  const count = (/** @type {string} */ verdict) => found.filter((one) => one.verdict === verdict).length;
  return ["pass", "fail", "not-observed", "to-declare"]
    .map((verdict) => `${t(`verdict.${verdict}`)} ${count(verdict)}`)
    .join(" · ");
}

/** @param {any} one */
function verdictRow(one) {
  const [first] = one.evidence;
  return [
    one.code,
    one.title,
    h("span", { class: one.verdict === "pass" ? "good" : "bad" }, t(`verdict.${one.verdict}`)),
    first ? `${first.what} (${first.where})` : "",
  ];
}
