import type { XmlElement } from "./types.js";

/** The first child of that name, of any namespace unless one is given. */
export function child(element: XmlElement, local: string, uri?: string): XmlElement | undefined {
  for (const found of element.children) {
    if (found.local === local && (uri === undefined || found.uri === uri)) return found;
  }
  return undefined;
}

/** The children of that name, of any namespace unless one is given. */
export function childrenOf(element: XmlElement, local: string, uri?: string): XmlElement[] {
  return element.children.filter((found) => found.local === local && (uri === undefined || found.uri === uri));
}

/** Follows the first child of each name in turn. */
export function descend(element: XmlElement, ...locals: string[]): XmlElement | undefined {
  let at: XmlElement | undefined = element;
  for (const local of locals) {
    if (at === undefined) return undefined;
    at = child(at, local);
  }
  return at;
}
