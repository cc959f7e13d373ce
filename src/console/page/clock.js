// The mock's time, and states to come back to.
import { act, get, path } from "./api.js";
import { facts, h, labelled, put } from "./dom.js";
import { done, t, when } from "./texts.js";

/** The clock as it was last told, and when by this machine's. @type {{ now: number, frozen: boolean, read: number } | undefined} */
let known;
const told = h("span", {});

async function read() {
  const { now, frozen } = await get("/clock");
  known = { now: Date.parse(now), frozen, read: Date.now() };
  draw();
}

function draw() {
  if (!known) return;
  const at = known.frozen ? known.now : known.now + Date.now() - known.read;
  told.textContent = `${when(new Date(at).toISOString())}${known.frozen ? ` (${t("clock.frozen")})` : ""}`;
}

/** For the top of the page: what time it is there. */
export function clockBar() {
  if (!known) {
    read().catch(() => {});
    setInterval(draw, 1000);
  }
  draw();
  return h("span", {}, h("span", { class: "soft" }, `${t("clock")} `), told);
}

export function clockView() {
  const element = h("div");
  const change = (/** @type {unknown} */ body) => done(() => act("PATCH", "/clock", body).then(refresh), t("changed"));

  async function refresh() {
    await read();
    const { pending } = await get("/clock");
    const snapshots = await get("/snapshots");
    const date = /** @type {HTMLInputElement} */ (h("input", { type: "datetime-local", step: 1, "data-key": "date" }));
    const set = () => {
      if (date.value !== "") void change({ now: new Date(date.value).toISOString() });
    };
    const forward = [
      ["clock.minute", 60_000],
      ["clock.token", 120_000],
      ["clock.hour", 3_600_000],
      ["clock.day", 86_400_000],
    ];
    put(
      element,
      h(
        "fieldset",
        {},
        h("legend", {}, t("clock")),
        h("p", { class: "soft" }, t("clock.help")),
        facts([
          [t("clock.now"), when(new Date(known?.now ?? 0).toISOString())],
          [
            t("clock.pending"),
            pending.length === 0
              ? t("none")
              : pending.map((/** @type {number} */ ms) => `${Math.ceil(ms / 1000)} s`).join(", "),
          ],
        ]),
        h(
          "div",
          { class: "row" },
          ...forward.map(([text, advanceMs]) =>
            h("button", { "data-key": text, click: () => change({ advanceMs }) }, t(String(text))),
          ),
          known?.frozen
            ? h("button", { "data-key": "freeze", click: () => change({ frozen: false }) }, t("clock.resume"))
            : h("button", { "data-key": "freeze", click: () => change({ frozen: true }) }, t("clock.freeze")),
        ),
        h(
          "div",
          { class: "row" },
          labelled(t("clock.date"), date),
          h("button", { "data-key": "set", click: set }, t("clock.set")),
        ),
      ),
      h(
        "fieldset",
        {},
        h("legend", {}, t("states")),
        h("p", { class: "soft" }, t("states.help")),
        h(
          "div",
          { class: "row" },
          h(
            "button",
            { "data-key": "keep", click: () => done(() => act("POST", "/snapshots").then(refresh), t("state.kept")) },
            t("state.keep"),
          ),
          h(
            "button",
            { "data-key": "reset", click: () => done(() => act("POST", "/reset").then(refresh), t("reset.done")) },
            t("reset"),
          ),
          h(
            "button",
            {
              "data-key": "release",
              click: () => done(() => act("POST", "/mails/release").then(refresh), t("release.done")),
            },
            t("release"),
          ),
        ),
        h(
          "ul",
          {},
          ...snapshots.map((/** @type {any} */ one) =>
            h(
              "li",
              {},
              `${when(one.at)} `,
              h(
                "button",
                {
                  "data-key": `restore-${one.id}`,
                  "aria-label": `${t("state.restore")} ${when(one.at)}`,
                  click: () =>
                    done(() => act("POST", path`/snapshots/${one.id}/restore`).then(refresh), t("state.restored")),
                },
                t("state.restore"),
              ),
            ),
          ),
        ),
      ),
    );
  }
  return { element, refresh: () => (element.childElementCount === 0 ? refresh() : read()) };
}
