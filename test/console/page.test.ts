import { expect, it } from "vitest";
import { DUPONT, LABO, MOREL, PATIENT, SECRETARIAT, smtpClient, submit } from "../mock/kit.js";
import { describeWithProgram } from "../tools/programs.js";
import { openPage, useBrowser } from "./browser.js";

describeWithProgram("chromium", "chromium", "the page of the mock, in a browser", () => {
  useBrowser();

  it("shows mailboxes, sends a document, and opens it: archive, document rendered, parts", async () => {
    await using opened = await openPage();
    const { page, mock, see, press } = opened;
    await see(DUPONT);
    await opened.click(`button[data-key="${DUPONT}"]`);
    await see(`Envoyer à ${DUPONT}`);
    await press("Un document");
    await see("Arrivé dans la boîte.");
    expect(mock.mailbox(DUPONT).messages()).toHaveLength(1);
    await opened.click('button[data-key="uid-1"]');
    await see("conforme (présence, taille, empreinte)");
    const handle = await page.waitForSelector("iframe[sandbox='']");
    const frame = await handle?.contentFrame();
    await expect.poll(() => frame?.evaluate("document.querySelector('article.cda') !== null")).toBe(true);
    // Its own style is there: the policy of the page lets it in, by its hash.
    expect(await frame?.evaluate("document.styleSheets[0].cssRules.length")).toBeGreaterThan(10);
    expect(await frame?.evaluate("document.body.innerText")).toContain("INVENTEE");
    expect(opened.complaints).toEqual([]);
    expect(opened.elsewhere).toEqual([]);
  });

  it("sends what was asked: a mail, a replacement, DSN, MDN, MDN KO, a patient's answer", async () => {
    await using opened = await openPage();
    const { mock, see, press } = opened;
    await opened.click(`button[data-key="${LABO}"]`);
    await press("Un DSN : remis");
    await see("The mailbox has sent no such mail");
    const client = await smtpClient(mock, LABO);
    await submit(client, "a@t.fr", { to: PATIENT });
    for (const name of [
      "Un courriel",
      "Un document",
      "Son remplacement",
      "Sa suppression",
      "Un DSN : remis",
      "Un DSN : non remis",
      "Un MDN : lu",
      "Un MDN : intégré",
      "Un MDN d'échec (KO)",
      "Une réponse de patient",
    ]) {
      const before = mock.mailbox(LABO).messages().length;
      await press(name);
      await mock.waitUntil(() => mock.mailbox(LABO).messages().length === before + 1, { timeoutMs: 20_000 });
    }
    expect(mock.problems).toEqual([]);
  });

  it("shows the dialogue as it happens, by protocol", async () => {
    await using opened = await openPage();
    const { page, mock, see, view } = opened;
    await see(DUPONT);
    await view("traffic");
    await submit(await smtpClient(mock, LABO), "en-direct@t.fr");
    await see("S: 250 2.0.0 Queued as 1");
    await page.select('select[data-key="protocol"]', "imap");
    await opened.holds("!document.body.innerText.includes('Queued as 1')");
  });

  it("puts a fault in place by name, moment and count, shows how often it has struck, and takes it away", async () => {
    await using opened = await openPage();
    const { page, mock, see, press, view } = opened;
    await see(DUPONT);
    await view("faults");
    await page.waitForSelector('select[data-key="name"]');
    await page.select('select[data-key="name"]', "bounce");
    await see("un DSN d'échec revient");
    await page.select('select[data-key="times"]', "2");
    await press("Mettre en place");
    await see("Panne en place.");
    expect(mock.faults.all.map(({ name, at, script }) => [name, at, script.times])).toEqual([
      ["bounce", "after-dot", 2],
    ]);
    await submit(await smtpClient(mock, LABO), "a@t.fr");
    await opened.holds("[...document.querySelectorAll('td')].some((cell) => cell.textContent === '1')");
    await press("Retirer bounce");
    await see("Panne retirée.");
    expect(mock.faults.all).toEqual([]);
  });

  it("gives certificates and tokens, and takes tokens away", async () => {
    await using opened = await openPage();
    const { mock, see, press, view } = opened;
    await see(DUPONT);
    await view("access");
    await press(`Voir les jetons, ${SECRETARIAT}`);
    await see(mock.token(SECRETARIAT));
    await press(`Révoquer, ${SECRETARIAT}`);
    await see("Aucun jeton n'est accepté.");
    expect(mock.tokens(SECRETARIAT)).toEqual([]);
    await press(`Voir la phrase de passe, ${LABO}`);
    await see("mock-medimail");
  });

  it("moves the clock, keeps a state and comes back to it", async () => {
    await using opened = await openPage();
    const { mock, see, press, view } = opened;
    await see(DUPONT);
    await view("clock");
    await press("Arrêter");
    await see("Remettre en marche");
    const before = mock.clock.now().getTime();
    await press("+ 1 heure");
    // The word of the change before this one may still be there: the clock tells.
    await expect.poll(() => mock.clock.now().getTime()).toBe(before + 3_600_000);
    await press("Enregistrer l'état");
    await see("État enregistré.");
    mock.faults.add({ name: "bounce" });
    await press("Tout réinitialiser");
    await see("Tout est réinitialisé.");
    expect([mock.faults.all, mock.clock.frozen]).toEqual([[], false]);
  });

  it("leads scenarios and shows what is judged, where somebody offers them", async () => {
    await using opened = await openPage();
    const { mock, see, press, view } = opened;
    await see(DUPONT);
    await view("scenarios");
    await see("Aucun scénario à suivre");
    let current: { id: string; since: string; step?: number } | undefined;
    const steps = [{ action: "send", text: "Envoyez un compte rendu", textEn: "Send a report" }];
    mock.scenarios = {
      scenarios: [
        {
          id: "envoi",
          title: "Envoi simple",
          titleEn: "Simple sending",
          requirements: ["ECO.2.1.1"],
          steps,
          seconds: 60,
        },
      ],
      get current() {
        return current;
      },
      begin: (id) => {
        current = { id, since: mock.clock.now().toISOString() };
      },
      end: () => {
        current = undefined;
      },
      step: (step) => {
        if (current) current = { ...current, step };
      },
      results: () => [
        {
          code: "ECO.2.1.1",
          title: "Archive",
          obligation: "M",
          verdict: "fail",
          evidence: [{ what: "pas d'archive", where: "mail 1", at: "" }],
        },
      ],
    };
    await view("mailboxes");
    await view("scenarios");
    await see("Envoi simple");
    await opened.click('summary[data-key="scenario-envoi"]');
    await press("Commencer Envoi simple");
    await see("en cours");
    await press("Étape atteinte 1");
    await see("pas d'archive (mail 1)");
    expect(current).toMatchObject({ id: "envoi", step: 1 });
    await press("Terminer");
    await see("Scénario terminé.");
    expect(current).toBeUndefined();
  });

  it("speaks English when asked, and says so to who cannot see it", async () => {
    await using opened = await openPage();
    const { page, see, press } = opened;
    await see("Boîtes");
    expect(await page.evaluate("document.documentElement.lang")).toBe("fr");
    await press("English");
    await see("Mailboxes");
    expect([await page.evaluate("document.documentElement.lang"), await page.title()]).toEqual(["en", "Mock Medimail"]);
    expect(await page.evaluate("document.body.innerText")).not.toMatch(/Boîtes|Envoyer/);
  });

  it("takes the token out of the address at once, and asks for it where it is missing or wrong", async () => {
    await using opened = await openPage();
    const { page, mock, see } = opened;
    await see(DUPONT);
    expect(page.url()).not.toContain(mock.control.token);
    await page.reload();
    await see(DUPONT);
    await page.evaluate("sessionStorage.clear()");
    await page.goto(`${mock.control.origin}/?again`);
    await see("saisissez ici le jeton");
    await page.type("input[type=password]", mock.control.token);
    await page.keyboard.press("Enter");
    await see(DUPONT);
  });

  it("is used by keyboard alone: skip link, views, a mailbox, a document, and focus stays where it was", async () => {
    await using opened = await openPage();
    const { page, mock, see } = opened;
    await see(MOREL);
    const focused = () =>
      page.evaluate("document.activeElement?.getAttribute('data-key') ?? document.activeElement?.id ?? ''");
    const tabTo = async (key: string) => {
      for (let turn = 0; turn < 80; turn += 1) {
        if ((await focused()) === key) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`the keyboard does not get to ${key}`);
    };
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("skip");
    await tabTo(MOREL);
    await page.keyboard.press("Enter");
    await see(`Envoyer à ${MOREL}`);
    expect(await focused()).toBe(MOREL);
    await tabTo("send-document");
    await page.keyboard.press("Enter");
    await see("Arrivé dans la boîte.");
    expect(await focused()).toBe("send-document");
    await tabTo("uid-1");
    await page.keyboard.press("Space");
    await see("Archive IHE_XDM.ZIP");
    expect(mock.mailbox(MOREL).messages()).toHaveLength(1);
    await page.keyboard.down("Shift");
    await tabTo("faults");
    await page.keyboard.up("Shift");
    await page.keyboard.press("Enter");
    await see("Mettre une panne en place");
    expect(await focused()).toBe("main");
  });
});
