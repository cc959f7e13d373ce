// The only way that this page makes elements: text is always text. Nothing here reads markup, so what a mail or a document holds is shown, never done.

/** Attributes that would run something, whatever the value. */
const REFUSED = /^(on|srcdoc$|style$)/i;

/**
 * @param {string} name
 * @param {Record<string, unknown>} [attributes] functions are listeners (`click`), booleans are there or not
 * @param {...(Node | string | number | undefined | null | false)} children
 * @returns {HTMLElement}
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, /** @type {EventListener} */ (value));
    else if (REFUSED.test(key)) throw new Error(`not an attribute of this page: ${key}`);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...present(children));
  return element;
}

/** @param {readonly (Node | string | number | undefined | null | false)[]} children */
export function present(children) {
  return children.flatMap((child) =>
    child === undefined || child === null || child === false ? [] : [typeof child === "number" ? String(child) : child],
  );
}

/**
 * Puts new children in the place of the old ones; who had the keyboard keeps it, where something with the same `data-key` is there again.
 *
 * @param {Element} parent
 * @param {...(Node | string | undefined | null | false)} children
 */
export function put(parent, ...children) {
  const held = document.activeElement;
  const key = held && parent.contains(held) ? held.getAttribute("data-key") : null;
  parent.replaceChildren(...present(children));
  if (key === null) return;
  const again = [...parent.querySelectorAll("[data-key]")].find((element) => element.getAttribute("data-key") === key);
  if (again instanceof HTMLElement) again.focus();
}

/** What stands in a place was drawn from. @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/**
 * Draws a place anew only where what it is drawn from has changed: who is about to press a button there does not lose it.
 *
 * @param {Element} parent
 * @param {unknown} from
 * @param {() => (Node | string | undefined | null | false)[]} draw
 */
export function keep(parent, from, draw) {
  const now = JSON.stringify(from);
  if (drawn.get(parent) === now) return;
  drawn.set(parent, now);
  put(parent, ...draw());
}

/**
 * A field with its label.
 *
 * @param {string} text
 * @param {HTMLElement} field
 */
export function labelled(text, field) {
  return h("label", {}, text, field);
}

/**
 * @param {readonly (readonly [value: string, text: string])[]} options
 * @param {string} chosen
 * @param {Record<string, unknown>} [attributes]
 */
export function choice(options, chosen, attributes = {}) {
  return h(
    "select",
    attributes,
    ...options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
  );
}

/** @param {readonly (readonly [string, Node | string | number | undefined])[]} pairs */
export function facts(pairs) {
  const rows = pairs.filter(([, value]) => value !== undefined && value !== "");
  return h("dl", {}, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/**
 * @param {readonly string[]} heads
 * @param {readonly (readonly (Node | string | number | undefined)[])[]} rows
 * @param {string} caption
 */
export function table(heads, rows, caption) {
  return h(
    "div",
    { class: "wide", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      { "aria-label": caption },
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell))))),
    ),
  );
}

/**
 * Gives a person a file, under a name of safe letters.
 *
 * @param {Blob | string} content
 * @param {string} name
 */
export function save(content, name) {
  const blob = typeof content === "string" ? new Blob([content], { type: "application/octet-stream" }) : content;
  const href = URL.createObjectURL(blob);
  const link = h("a", { href, download: name.replace(/[^\w.@-]+/g, "_") || "file" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
