// One mail, opened: header, text, archive with its documents, parts, and what a receipt says.
import { path, request } from "./api.js";
import { facts, h, put, save } from "./dom.js";
import { done, language, say, size, t, when } from "./texts.js";

/** @typedef {{ address: string, folder: string, uid: number }} Place */

// Documents come as HTML without script, made by the mock, into a frame that may do nothing (`sandbox`), under this page's policy. That is the one place where
// markup is given to the browser, and the only policy of trusted types that this page may have.
const types = /** @type {any} */ (globalThis).trustedTypes;
const shown = types
  ? types.createPolicy("medimail-document", { createHTML: (/** @type {string} */ html) => html })
  : { createHTML: (/** @type {string} */ html) => html };

/** @param {any} mail @param {Place} place @param {() => void} remove */
export function messageView(mail, place, remove) {
  const base = path`/mailboxes/${place.address}/messages/${place.uid}`;
  const folder = `folder=${encodeURIComponent(place.folder)}`;
  const people = (/** @type {any[]} */ list) =>
    list.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(", ");
  const source = h("div");
  const file = (/** @type {string} */ from, /** @type {string} */ name) => () =>
    done(async () => save(await (await request("GET", from)).blob(), name));
  const showSource = () =>
    done(async () => {
      const text = await (await request("GET", `${base}/raw?${folder}`)).text();
      put(
        source,
        h("h3", {}, t("source")),
        h("pre", { tabindex: 0, "aria-label": t("source") }, text.slice(0, 100_000)),
      );
    });
  return h(
    "article",
    { "aria-label": mail.subject || t("subject.none") },
    h("h3", {}, mail.subject || t("subject.none")),
    facts([
      [t("from"), people(mail.from)],
      [t("to"), people(mail.to)],
      [t("date"), when(mail.date)],
      ["Message-ID", mail.messageId],
      [t("flags"), mail.flags.join(" ")],
      [t("size"), size(mail.size)],
    ]),
    h(
      "div",
      { class: "row" },
      h("button", { click: showSource }, t("source.show")),
      h("button", { click: file(`${base}/raw?${folder}`, `${place.uid}.eml`) }, t("source.save")),
      h("button", { click: remove }, t("delete")),
    ),
    mail.receipt && h("h3", {}, t("receipt")),
    mail.receipt && receiptView(mail.receipt),
    mail.text && h("h3", {}, t("text")),
    mail.text && h("pre", { tabindex: 0, "aria-label": t("text") }, mail.text),
    mail.archive && archiveView(mail.archive, base, folder, file),
    h("h3", {}, t("parts")),
    h(
      "ul",
      {},
      ...mail.parts.map((/** @type {any} */ part) =>
        h(
          "li",
          {},
          `${part.part} · ${part.type}${part.name ? ` · ${part.name}` : ""} · ${size(part.size)} `,
          h(
            "button",
            {
              "aria-label": `${t("save")} ${part.name ?? part.part}`,
              click: file(`${base}/parts/${part.part}?${folder}`, part.name ?? `part-${part.part}`),
            },
            t("save"),
          ),
        ),
      ),
    ),
    h(
      "details",
      {},
      h("summary", {}, t("headers")),
      facts(mail.headers.map((/** @type {any} */ one) => [one.name, one.value])),
    ),
    source,
  );
}

/**
 * @param {any} archive
 * @param {string} base
 * @param {string} folder
 * @param {(from: string, name: string) => () => void} file
 */
function archiveView(archive, base, folder, file) {
  return h(
    "section",
    { "aria-label": t("archive") },
    h("h3", {}, t("archive")),
    archive.problems.length > 0 &&
      h(
        "ul",
        {},
        ...archive.problems.map((/** @type {any} */ problem) =>
          h("li", { class: problem.severity === "error" ? "bad" : "warn" }, `${problem.code} : ${problem.message}`),
        ),
      ),
    ...archive.documents.map((/** @type {any} */ document) => documentView(document, base, folder, file)),
  );
}

/**
 * @param {any} document
 * @param {string} base
 * @param {string} folder
 * @param {(from: string, name: string) => () => void} file
 */
function documentView(document, base, folder, file) {
  const at = `${base}/documents/${document.index}`;
  const title = document.title || t("document", document.index + 1);
  const place = h("div");
  const show = async () => {
    try {
      const html = await (await request("GET", `${at}/html?${folder}&lang=${language()}&files=name`)).text();
      const frame = /** @type {HTMLIFrameElement} */ (h("iframe", { sandbox: "", title, tabindex: 0 }));
      frame.srcdoc = shown.createHTML(html);
      put(place, frame);
    } catch (error) {
      say(error);
    }
  };
  void show();
  const { integrity } = document;
  const sound = integrity.file === "present" && integrity.hash !== "mismatch" && integrity.size !== "mismatch";
  return h(
    "section",
    { "aria-label": title },
    h("h4", {}, title),
    facts([
      [t("document.type"), [document.typeCode, document.typeName].filter(Boolean).join(" · ")],
      [t("document.action"), t(`action.${document.action}`)],
      [t("document.created"), document.creationTime],
      [t("document.integrity"), h("span", { class: sound ? "good" : "bad" }, t(sound ? "sound" : "unsound"))],
      [t("size"), document.size === undefined ? undefined : size(document.size)],
    ]),
    h(
      "div",
      { class: "row" },
      h("button", { click: file(`${at}?${folder}`, `document-${document.index + 1}.xml`) }, t("document.save")),
    ),
    place,
  );
}

/** @param {any} receipt */
function receiptView(receipt) {
  const { recipients = [], error, ...rest } = receipt;
  const pairs = Object.entries(rest).filter(([, value]) => typeof value !== "object");
  return h(
    "div",
    {},
    facts(pairs.map(([name, value]) => /** @type {[string, string]} */ ([name, String(value)]))),
    error && h("p", { class: "bad" }, `${error.code ?? ""} ${error.label ?? ""}`),
    ...recipients.map((/** @type {any} */ one) =>
      facts(Object.entries(one).map(([name, value]) => /** @type {[string, string]} */ ([name, String(value)]))),
    ),
  );
}
