import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import { composeMails } from "../../src/message/index.js";
import { fillTemplate, TEMPLATE_FIELDS, TEMPLATE_NAMES, TEMPLATES } from "../../src/onboarding/index.js";
import { input } from "../message/fixtures.js";

const VALUES = Object.fromEntries(TEMPLATE_FIELDS.map((field) => [field, `valeur-de-${field}`]));
const fieldsOf = (name: keyof typeof TEMPLATES): string[] => [
  ...new Set([...JSON.stringify(TEMPLATES[name].blocks).matchAll(/\{(\w+)\}/g)].map(([, field]) => field ?? "")),
];

describe("templates", () => {
  it.each(TEMPLATE_NAMES)("%s names fields that exist, the same in both languages", (name) => {
    expect(fieldsOf(name).filter((field) => !(TEMPLATE_FIELDS as readonly string[]).includes(field))).toEqual([]);
    for (const lang of ["fr", "en"] as const) {
      const { missing } = fillTemplate(name, {}, lang);
      const defaults = Object.keys(TEMPLATES[name].defaults ?? {});
      expect([...missing].sort()).toEqual(
        fieldsOf(name)
          .filter((field) => !defaults.includes(field))
          .sort(),
      );
    }
  });

  it.each(TEMPLATE_NAMES)("%s shows every value in every form, and no blank once all is given", (name) => {
    for (const lang of ["fr", "en"] as const) {
      const filled = fillTemplate(name, VALUES, lang);
      expect(filled.missing).toEqual([]);
      for (const form of [filled.page, filled.html, filled.text, filled.markdown.replaceAll("\\", "")]) {
        for (const field of fieldsOf(name)) expect(form).toContain(`valeur-de-${field}`);
        expect(form).not.toMatch(/\{\w+\}/);
      }
    }
  });

  it("leaves a blank that says what to write", () => {
    const { text, markdown, page } = fillTemplate("banner", { structure: "CH EXEMPLE" });
    expect(text).toBe("CH EXEMPLE — [service]\nMessagerie sécurisée de santé MSSanté (Medimail) : [adresse MSSanté]\n");
    expect(markdown).toContain("*\\[service\\]*");
    expect(page).toContain('<span class="note">[service]</span>');
  });

  it("proposes what a connector does by default, and gives way to what is said", () => {
    expect(fillTemplate("register").text).toContain("183 jours");
    expect(fillTemplate("register", { traceRetention: "un an" }).text).not.toContain("183 jours");
  });

  it("has what article 30 of the GDPR asks of a register entry (rac-rgpd)", () => {
    const { text } = fillTemplate("register");
    for (const heading of [
      "Responsable",
      "Délégué",
      "Finalités",
      "Personnes",
      "Catégories",
      "Destinataires",
      "Transferts",
      "Durées",
      "Sécurité",
    ])
      expect(text).toMatch(new RegExp(`^${heading}`, "m"));
  });

  it("tells patients of their rights and of whom to write to (rac-rgpd)", () => {
    for (const name of ["notice", "booklet"] as const)
      expect(fillTemplate(name, { dpo: "dpo@ch-exemple.fr" }).text).toMatch(
        /opposer[\s\S]*dpo@ch-exemple\.fr[\s\S]*CNIL/,
      );
  });

  it("keeps what is for the establishment out of what patients read", () => {
    for (const name of ["notice", "booklet", "register"] as const) {
      const { advice = "", text, page, markdown } = fillTemplate(name);
      expect(advice.length).toBeGreaterThan(50);
      for (const form of [text, page, markdown])
        expect(form).not.toMatch(/relire|guide de raccordement|medimail-connector/);
    }
  });

  it("writes a value as text, whatever it holds", () => {
    const hostile = '<img src=x onerror=alert(1)> & "x" | *a* [b](javascript:c) {structure}';
    const { page, html, markdown, text } = fillTemplate("footer", { structure: hostile });
    for (const form of [page, html]) {
      expect(form).not.toContain("<img");
      expect(form).toContain("&lt;img");
    }
    expect(markdown).toContain("\\[b\\](javascript:c)");
    expect(markdown).toContain("\\<img");
    expect(text).toContain(hostile);
  });

  it("gives the banner and the footer of a mail, in both of its texts", async () => {
    const values = { structure: "CH <EXEMPLE>", service: "Biologie", mailbox: "labo@ch-exemple.mssante.fr" };
    const banner = fillTemplate("banner", values);
    const footer = fillTemplate("footer", values).text;
    const { mails, bodies } = composeMails(
      input({ banner: { html: banner.html, text: banner.text }, footer, body: { professional: { text: "Bonjour" } } }),
    );
    const mail = Buffer.concat([mails[0]?.head ?? Buffer.alloc(0), bodies[mails[0]?.body ?? 0] ?? Buffer.alloc(0)]);
    const { text, html } = await PostalMime.parse(mail);
    expect(text).toContain("CH <EXEMPLE> — Biologie");
    expect(text).toContain("écrivez à labo@ch-exemple.mssante.fr");
    expect(html).toContain("<p>CH &lt;EXEMPLE&gt; — Biologie</p>");
    expect(html).toContain("CH &lt;EXEMPLE&gt; échange les documents");
  });

  it.each([
    ["name", () => fillTemplate("letter" as never)],
    ["values", () => fillTemplate("footer", { colour: "blue" } as never)],
    ["values.structure", () => fillTemplate("footer", { structure: "a\nb" })],
    ["values.structure", () => fillTemplate("footer", { structure: " " })],
    ["values.structure", () => fillTemplate("footer", { structure: "x".repeat(501) })],
    ["values.structure", () => fillTemplate("footer", { structure: "a\u202eb" })],
  ])("refuses what cannot be filled in (%s)", (path, fill) => {
    expect(fill).toThrowError(expect.objectContaining({ code: "invalid_argument", path }));
  });
});
