import { describe, expect, it } from "vitest";
import { openXdm } from "../../src/xdm/index.js";
import { strangeArchive } from "./strange-archives.js";
import { chance } from "./strange-choices.js";

const VARIANTS = Number(process.env["VARIANTS"] ?? 300);
const SEED = Number(process.env["SEED"] ?? 20_261_128);
const ACTIONS: Readonly<Record<string, string>> = { C: "replace", d: "delete", create: "create" };

describe("archives as other vendors write them", () => {
  it("are read for what they hold, whatever the hand that wrote them", async () => {
    const pick = chance(SEED);
    for (let variant = 0; variant < VARIANTS; variant++) {
      const made = strangeArchive(pick);
      const opened = await openXdm(made.zip);
      const told = `variant ${variant}`;
      const byId = new Map(opened.documents.map((document) => [document.uniqueId, document]));
      expect([...byId.keys()].sort(), told).toEqual(made.documents.map(({ uniqueId }) => uniqueId).sort());
      for (const document of made.documents) {
        const found = byId.get(document.uniqueId);
        expect(found, `${told}, ${document.uri}`).toMatchObject({
          uri: document.uri,
          path: document.path,
          title: document.title,
          action: ACTIONS[document.action],
          mimeType: "text/xml",
          patientId: "285027800604851^^^&1.2.250.1.213.1.4.8&ISO^NH",
          authors: [{ institutions: [], roles: document.roles, specialties: [] }],
          classCode: { code: "10", codeSystem: "1.2.250.1.213.1.1.4.1", displayName: "Libellé" },
          typeCode: { code: "11502-2" },
          formatCode: { code: "urn:ihe:lab:xd-lab:2008" },
          practiceSettingCode: { code: "AMBULATOIRE" },
          integrity: { file: "present", hash: "ok", size: "ok" },
        });
        expect(found?.eventCodes.map(({ code }) => code).sort(), told).toEqual(document.eventCodes);
        expect(Buffer.compare(found?.content ?? Buffer.alloc(0), document.content), told).toBe(0);
      }
      const irregular = made.documents.filter((document) => document.irregular).length;
      expect(
        opened.problems.map(({ code }) => code),
        told,
      ).toEqual(Array(irregular).fill("xdm_uri_irregular"));
      expect(opened.submissionSets, told).toHaveLength(made.sets);
      for (const set of opened.submissionSets)
        expect(set, told).toMatchObject({ uniqueId: "1.2.3.4", sourceId: "1.2.3", submissionTime: "20260105093000" });
    }
  });
});
