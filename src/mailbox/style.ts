/** Properties that shape text in place; none that moves, covers, hides or asks for anything. */
const PROPERTIES =
  /^(?:color|background-color|background|font|font-(?:family|size|style|weight|variant)|line-height|letter-spacing|text-(?:align|decoration|indent|transform)|vertical-align|white-space|direction|list-style(?:-type)?|(?:margin|padding)(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width))?|border-(?:collapse|spacing|radius)|width|max-width|height|min-width|word-(?:break|wrap)|overflow-wrap|mso-[\w-]{1,40})$/;
/** Words, numbers and names: no escape, no comment, no function but a colour. */
const VALUE = /^(?:[-\w#.,%+' "!]|rgba?\([\d\s.,%]{1,40}\))*$/i;
const NEGATIVE = /(?:^|\s)-\d/;
const MAX_LENGTH = 4_000;

/** The harmless part of a `style` attribute; `remote` is the address that it would have asked for. */
export function safeStyle(style: string): { kept: string; dropped: boolean; remote?: string } {
  const remote = /url\s*\(\s*["']?\s*([^"')]{0,300})/i.exec(style.slice(0, MAX_LENGTH))?.[1];
  const kept: string[] = [];
  let dropped = style.length > MAX_LENGTH || remote !== undefined;
  for (const declaration of style.slice(0, MAX_LENGTH).split(";")) {
    const colon = declaration.indexOf(":");
    if (colon < 0) continue;
    const property = declaration.slice(0, colon).trim().toLowerCase();
    const value = declaration.slice(colon + 1).trim();
    // Word's own properties mean nothing to a browser, and leaving them out harms nobody.
    if (property.startsWith("mso-")) continue;
    if (value.length <= 200 && PROPERTIES.test(property) && VALUE.test(value) && !NEGATIVE.test(value))
      kept.push(`${property}:${value}`);
    else dropped = true;
  }
  return {
    kept: kept.join(";"),
    dropped,
    ...(remote !== undefined && !/^(?:data|cid):/i.test(remote) ? { remote } : {}),
  };
}
