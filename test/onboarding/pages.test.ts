import { describe, expect, it } from "vitest";
import { adviseDomain, planOnboarding, planToHtml } from "../../src/onboarding/index.js";
import { html, page } from "../../src/onboarding/page.js";

describe("a page of the raccordement", () => {
  it("escapes every text that comes into it, attributes too", () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&`;
    const made = page(hostile, html`<p title="${hostile}">${hostile}</p>${[html`<b>${hostile}</b>`]}`, "fr");
    expect(made).not.toMatch(/<script|<img|"><|onerror="/);
    expect(made.match(/&lt;script&gt;/g)?.length).toBe(5);
  });

  it("lets nothing in from elsewhere, and names its one style sheet by its hash", () => {
    const made = planToHtml(
      planOnboarding({
        structure: "hospital",
        solution: "connector",
        start: "2027-01-04",
        domain: adviseDomain("hospital"),
      }),
    );
    expect(made).toMatch(
      /content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'"/,
    );
    expect(made).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|style="|javascript:/i);
  });
});
