// What the owners of mailboxes prove themselves with: certificates, tokens, passwords; and the mock's Pro Santé Connect.
import { act, get, path, Refused } from "./api.js";
import { choice, facts, h, labelled, put, save } from "./dom.js";
import { done, say, t } from "./texts.js";

export function accessView() {
  const service = h("div");
  const boxes = h("div");
  const psc = h("div");
  const element = h("div", {}, service, boxes, psc);

  async function refresh() {
    const status = await get("/status");
    const { smtp, imap, dns, http, whiteList } = status;
    put(
      service,
      h("h3", {}, t("servers")),
      facts([
        ["SMTP", `${smtp.host}:${smtp.port} (STARTTLS)`],
        ["IMAP", `${imap.host}:${imap.port} (STARTTLS)`],
        ["DNS", `${dns.host}:${dns.port}`],
        ["HTTP", http.url],
        [t("whitelist"), whiteList.url],
      ]),
      h(
        "div",
        { class: "row" },
        h("button", { "data-key": "ca", click: () => save(status.ca, "ca.pem") }, t("ca.save")),
      ),
    );
    const owned = (await get("/mailboxes")).filter((/** @type {any} */ box) => box.method !== "none");
    put(boxes, h("h3", {}, t("nav.mailboxes")), ...owned.map(boxItem));
    if (status.psc) put(psc, pscPanel(await get("/psc")));
  }

  /** @param {any} box */
  function boxItem(box) {
    const base = path`/mailboxes/${box.address}`;
    const told = h("div");
    const button = (/** @type {string} */ key, /** @type {() => unknown} */ work) =>
      h(
        "button",
        { "data-key": `${key} ${box.address}`, "aria-label": `${t(key)}, ${box.address}`, click: work },
        t(key),
      );
    const credential = (/** @type {string} */ name, /** @type {(credentials: any) => Blob | string} */ take) => () =>
      done(async () => save(take(await get(`${base}/credentials`)), `${box.address}${name}`));
    const tokens = async () => {
      const found = await get(`${base}/tokens`);
      put(
        told,
        found.length === 0
          ? h("p", {}, t("token.none"))
          : h(
              "ul",
              {},
              ...found.map((/** @type {any} */ one) =>
                h("li", {}, h("code", {}, one.token), one.until ? ` · ${t("token.until", one.until)}` : ""),
              ),
            ),
      );
    };
    const change = (/** @type {string} */ where, /** @type {unknown} */ body, /** @type {string} */ text) => () =>
      done(async () => {
        await act("POST", `${base}/${where}`, body);
        await tokens();
      }, t(text));
    const actions =
      box.method === "certificate"
        ? [
            button(
              "p12.save",
              credential(".p12", ({ p12 }) => new Blob([bytes(p12)])),
            ),
            button(
              "pem.save",
              credential(".pem", ({ certificate }) => certificate),
            ),
            button(
              "key.save",
              credential(".key", ({ key }) => key),
            ),
            button("passphrase.show", () =>
              get(`${base}/credentials`).then(({ passphrase }) => put(told, h("code", {}, passphrase)), say),
            ),
          ]
        : box.method === "xoauth2"
          ? [
              button("token.show", () => tokens().catch(say)),
              button("token.issue", change("tokens", {}, "token.issued")),
              button("token.brief", change("tokens", { lifeMs: 120_000 }, "token.issued")),
              button("token.expire", change("tokens/expire", {}, "token.expired")),
              button("token.revoke", change("tokens/revoke", {}, "token.revoked")),
            ]
          : [
              button("password.show", () =>
                get(`${base}/credentials`).then(({ password }) => put(told, h("code", {}, password)), say),
              ),
            ];
    const cut = button("cut", () => done(() => act("POST", `${base}/disconnect`, {}), t("cut.done")));
    return h(
      "fieldset",
      {},
      h("legend", {}, `${box.address} (${box.type})`),
      h("div", { class: "row" }, ...actions, cut),
      told,
    );
  }

  /** @param {any} given */
  function pscPanel(given) {
    const cards = ["accept", "deny", "later"].map(
      (card) => /** @type {[string, string]} */ ([card, t(`card.${card}`)]),
    );
    const change = (/** @type {Event} */ event) =>
      done(() => act("PATCH", "/psc", { card: /** @type {HTMLSelectElement} */ (event.target).value }), t("changed"));
    return h(
      "fieldset",
      {},
      h("legend", {}, "Pro Santé Connect"),
      facts([
        ["issuer", given.issuer],
        ["client_id", given.client.id],
        [
          t("psc.asked"),
          Object.entries(given.grants)
            .map(([name, count]) => `${name} ${count}`)
            .join(", ") || "0",
        ],
      ]),
      h(
        "div",
        { class: "row" },
        labelled(t("card"), choice(cards, given.card, { "data-key": "card", change })),
        h(
          "button",
          { "data-key": "end", click: () => done(() => act("PATCH", "/psc", { endSessions: true }), t("psc.ended")) },
          t("psc.end"),
        ),
      ),
    );
  }

  return {
    element,
    async refresh() {
      // Shown secrets and the field in use are not taken away by what happens elsewhere.
      if (boxes.childElementCount > 0) return;
      try {
        await refresh();
      } catch (error) {
        if (error instanceof Refused && error.status === 401) throw error;
        say(error);
      }
    },
  };
}

/** @param {string} base64 */
function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
