// Mailboxes, the mails of a folder, and what can be sent to a mailbox.
import { act, get, path, request } from "./api.js";
import { choice, h, keep, labelled, put } from "./dom.js";
import { messageView } from "./message.js";
import { done, size, t, when } from "./texts.js";

/** Kept while one looks at another view. */
const chosen = { address: "", folder: "INBOX", uid: 0 };

const SENDS = [
  ["mail", "send.mail"],
  ["document", "send.document"],
  ["replace", "send.replace"],
  ["delete", "send.delete"],
  ["delivered", "send.delivered"],
  ["failed", "send.failed"],
  ["displayed", "send.displayed"],
  ["processed", "send.processed"],
  ["ko", "send.ko"],
  ["patient", "send.patient"],
];
const KO_CODES = ["900", "901", "902", "903", "904", "905", "906"];

export function mailboxesView() {
  const list = h("div");
  const mails = h("div");
  const opened = h("div");
  const sending = h("div");
  const element = h(
    "div",
    { class: "columns" },
    h("section", { "aria-label": t("nav.mailboxes") }, list),
    h("div", {}, sending, h("section", { "aria-label": t("mails") }, mails), opened),
  );

  async function refresh() {
    const boxes = await get("/mailboxes");
    if (!boxes.some((/** @type {any} */ box) => box.address === chosen.address))
      chosen.address = boxes[0]?.address ?? "";
    keep(list, [boxes, chosen.address], () => [h("ul", { class: "list" }, ...boxes.map(boxItem))]);
    const box = boxes.find((/** @type {any} */ one) => one.address === chosen.address);
    if (!box) return;
    if (!box.folders.some((/** @type {any} */ folder) => folder.name === chosen.folder)) chosen.folder = "INBOX";
    if (sending.getAttribute("data-for") !== box.address) {
      sending.setAttribute("data-for", box.address);
      put(sending, box.method === "none" ? undefined : sendPanel());
    }
    const found = await get(path`/mailboxes/${chosen.address}/messages?folder=${chosen.folder}&limit=200`);
    keep(mails, [box, found, chosen], () => [folderChoice(box), mailList(found)]);
    if (chosen.uid !== 0 && !found.some((/** @type {any} */ mail) => mail.uid === chosen.uid)) {
      chosen.uid = 0;
      put(opened);
    } else if (chosen.uid !== 0 && opened.childElementCount === 0) await open(chosen.uid);
  }

  /** @param {any} box */
  function boxItem({ address, type, label, folders }) {
    const total = folders.reduce((/** @type {number} */ sum, /** @type {any} */ folder) => sum + folder.messages, 0);
    const button = h(
      "button",
      {
        "data-key": address,
        "aria-current": address === chosen.address && "true",
        click: () => {
          Object.assign(chosen, { address, folder: "INBOX", uid: 0 });
          put(opened);
          void refresh();
        },
      },
      address,
      h("small", {}, `${type}${label && label !== address ? ` · ${label}` : ""} · ${t("count", total)}`),
    );
    return h("li", {}, button);
  }

  /** @param {any} box */
  function folderChoice(box) {
    const options = box.folders.map((/** @type {any} */ folder) => [
      folder.name,
      `${folder.name} (${folder.messages})`,
    ]);
    const change = (/** @type {Event} */ event) => {
      chosen.folder = /** @type {HTMLSelectElement} */ (event.target).value;
      chosen.uid = 0;
      put(opened);
      void refresh();
    };
    return h(
      "div",
      { class: "row" },
      labelled(t("folder"), choice(options, chosen.folder, { "data-key": "folder", change })),
    );
  }

  /** @param {any[]} found */
  function mailList(found) {
    if (found.length === 0) return h("p", { class: "soft" }, t("mails.none"));
    return h(
      "ul",
      { class: "list" },
      ...found.map((mail) => {
        const from = mail.from[0]?.name ?? mail.from[0]?.address ?? "";
        const unseen = !mail.flags.includes("\\Seen");
        const button = h(
          "button",
          {
            "data-key": `uid-${mail.uid}`,
            "aria-current": mail.uid === chosen.uid && "true",
            click: () => {
              chosen.uid = mail.uid;
              void open(mail.uid).then(refresh);
            },
          },
          h("span", { class: unseen && "mark" }, mail.subject || t("subject.none")),
          h(
            "small",
            {},
            [from, when(mail.date), size(mail.size), t(`kind.${mail.kind}`), mail.hasXdm ? "XDM" : ""]
              .filter(Boolean)
              .join(" · "),
          ),
        );
        return h("li", {}, button);
      }),
    );
  }

  /** @param {number} uid */
  async function open(uid) {
    const place = { address: chosen.address, folder: chosen.folder, uid };
    const mail = await get(path`/mailboxes/${place.address}/messages/${uid}?folder=${place.folder}`);
    const remove = () =>
      done(async () => {
        await act("DELETE", path`/mailboxes/${place.address}/messages/${uid}?folder=${place.folder}`);
        await refresh();
      }, t("deleted"));
    put(opened, messageView(mail, place, remove));
  }

  function sendPanel() {
    const code = /** @type {HTMLSelectElement} */ (
      choice(
        KO_CODES.map((value) => [value, value]),
        "900",
        { "data-key": "ko" },
      )
    );
    const buttons = SENDS.map(([what, text]) =>
      h("button", { "data-key": `send-${what}`, click: () => done(() => send(what, code.value), t("sent")) }, t(text)),
    );
    return h(
      "fieldset",
      {},
      h("legend", {}, t("send", chosen.address)),
      h("p", { class: "soft" }, t("send.help")),
      h("div", { class: "row" }, ...buttons, labelled(t("send.code"), code)),
    );
  }

  /** @param {string} what @param {string} code */
  async function send(what, code) {
    const base = path`/mailboxes/${chosen.address}`;
    if (what === "mail") {
      const from = "laboratoire@autre-exemple.mssante.fr";
      await request("POST", `${base}/messages?from=${encodeURIComponent(from)}`, {
        mail: plainMail(from, chosen.address),
      });
    } else if (what === "delivered" || what === "failed") await act("POST", `${base}/incoming/dsn`, { action: what });
    else if (what === "displayed" || what === "processed")
      await act("POST", `${base}/incoming/mdn`, { disposition: what, evenIfNotAsked: true });
    else if (what === "ko") await act("POST", `${base}/incoming/mdn-ko`, { code });
    else if (what === "patient") await act("POST", `${base}/incoming/patient-answer`, {});
    else await act("POST", `${base}/incoming/document`, { action: what === "document" ? "create" : what });
    await refresh();
  }

  return { element, refresh };
}

/** @param {string} from @param {string} to */
function plainMail(from, to) {
  const id = `${crypto.randomUUID()}@autre-exemple.mssante.fr`;
  const lines = [
    `From: <${from}>`,
    `To: <${to}>`,
    "Subject: Message de test",
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Bonjour,",
    "ceci est un message de test, sans document.",
    "",
  ];
  return lines.join("\r\n");
}
