import { expect, it } from "vitest";
import { createConnector, isMedimailError } from "../../src/index.js";
import { packXdm } from "../../src/xdm/index.js";
import { QUICK } from "../sending/kit.js";
import { cdaOf, pdfOf } from "../tools/documents.js";
import { describeWithOperator, operatorClient, operatorConfig } from "../tools/operator.js";
import { mailOf, TEXT } from "./open-kit.js";
import { tortureMails } from "./torture-kit.js";

const ADDRESS = "dr.lecture@medecin.test.mssante.fr";

describeWithOperator("reading mails at a real operator (Dovecot)", (settings) => {
  it("reads body and documents, and opens or refuses every tortured mail that it takes, each in less than 5 s", {
    timeout: 400_000,
  }, async () => {
    const other = await operatorClient(settings(), ADDRESS);
    await using connector = createConnector(operatorConfig(settings(), ADDRESS), { ...QUICK, delivery: "manual" });
    const { mailbox } = connector;
    const deliver = async (raw: string): Promise<number | undefined> => {
      const added = await other.append("INBOX", Buffer.from(raw, "latin1")).catch(() => false as const);
      return added ? added.uid : undefined;
    };
    const pdf = pdfOf();
    const { zip } = await packXdm({
      documents: [{ content: cdaOf(1, pdf) }],
      software: { name: "Essai", version: "1" },
    });
    const inner = mailOf([TEXT, { type: "application/zip", name: "ihe_xdm.zip", content: zip }]).replaceAll(
      "limite",
      "dedans",
    );
    const uid = await deliver(
      mailOf([
        TEXT,
        { type: "message/rfc822", content: inner },
        { type: "application/pdf", name: "a.pdf", content: pdf },
      ]),
    );
    expect((await mailbox.body({ uid: uid ?? 0 })).text.trim()).toBe("Bonjour");
    const opened = await mailbox.open({ uid: uid ?? 0 }, { remember: true });
    expect(opened.documents).toMatchObject([
      { part: "2", seen: "new", pdfBeside: { name: "a.pdf", matchedBy: "bytes" } },
    ]);

    let taken = 0;
    const refused: string[] = [];
    for (const { name, raw } of tortureMails(80)) {
      const tortured = await deliver(raw);
      if (tortured === undefined) continue;
      taken += 1;
      const started = performance.now();
      try {
        await mailbox.body({ uid: tortured });
        await mailbox.open({ uid: tortured }, { remember: true });
      } catch (error) {
        if (!isMedimailError(error) || error.code === "internal")
          throw new Error(`${name}: not one of our errors`, { cause: error });
        refused.push(`${name}: ${error.code} ${error.message}`);
      }
      expect(performance.now() - started, name).toBeLessThan(5_000);
    }
    console.info(`Dovecot took ${taken} of 80; refused on reading: ${refused.length}\n${refused.join("\n")}`);
    expect(taken).toBeGreaterThan(40);
    await other.logout();
  });
});
