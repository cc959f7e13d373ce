import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openXdm } from "../../src/xdm/index.js";
import { describeWithShared } from "../tools/shared.js";
import { doctorsBox, mailOf, TEXT } from "./open-kit.js";

const sha1 = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex");

describeWithShared("the official archives, mailed in and opened", (shared) => {
  const folder = join(shared, "corpus/xdm");
  const names = readdirSync(folder).filter((name) => /\.zip$/i.test(name));

  it("are the 44 that the checks speak of", () => expect(names).toHaveLength(44));

  it("gives of each its document, whole, with its patient and no error", { timeout: 180_000 }, async () => {
    await using box = await doctorsBox();
    const doubted: string[] = [];
    for (const name of names) {
      const zip = readFileSync(join(folder, name));
      const expected = await openXdm(zip);
      const mail = box.deliver(mailOf([TEXT, { type: "application/zip", name: "IHE_XDM.ZIP", content: zip }]));
      const opened = await box.mailbox.open(mail);
      expect(opened.documents, name).toHaveLength(1);
      const [document] = opened.documents;
      expect(document, name).toMatchObject({
        uniqueId: expected.documents[0]?.uniqueId,
        title: expected.documents[0]?.title,
        action: expected.documents[0]?.action,
        integrity: { file: "present", hash: "ok", size: "ok" },
        seen: "new",
        integrated: false,
      });
      expect(sha1(document?.content ?? Buffer.alloc(0)), name).toBe(document?.metadata?.hash?.toLowerCase());
      expect(document?.cda?.header.id, name).toBe(document?.uniqueId);
      expect(document?.patient.agreement, name).toBe("agree");
      expect(opened.patient?.name, name).toMatch(/\S+ \S+/);
      // Archive, document and mail agree in each: a warning would be a false alarm.
      const shown = await document?.html();
      expect(shown?.html.includes('class="cda-title"'), name).toBe(true);
      expect(shown?.html.includes('class="cda-alert"'), name).toBe(false);
      expect(
        opened.problems.filter(({ severity }) => severity === "error"),
        name,
      ).toEqual([]);
      if (opened.problems.some(({ code }) => code === "ins_traits_differ")) doubted.push(name);
    }
    // ECO.3.1.5: its test identity was born in May 1976, and its matricule says March 1979. The others agree.
    expect(doubted).toEqual(["CANCER-PPS_2022.01_Autopresentable.zip"]);
  });

  it("says of a replacement and of a deletion what the slot says (LGC.MSS/UX.05), and of the version that it deletes that it is old", async () => {
    const archive = (name: string) => ({
      type: "application/zip",
      name: "IHE_XDM.ZIP",
      content: readFileSync(join(folder, name)),
    });
    await using box = await doctorsBox();
    const version = box.deliver(mailOf([archive("BIO-CR-BIO_2021.01_Microbiologie_V2.zip")]));
    const deletion = box.deliver(mailOf([archive("BIO-CR-BIO_2021.01_Microbiologie_V2_Delete.zip")]));
    const first = await box.mailbox.open(version, { remember: true });
    expect(first.documents[0]).toMatchObject({ action: "replace", seen: "new" });
    const deleted = await box.mailbox.open(deletion, { remember: true });
    // The same CDA byte for byte: only the slot tells them apart.
    expect(deleted.documents[0]?.uniqueId).toBe(first.documents[0]?.uniqueId);
    expect(deleted.documents[0]).toMatchObject({ action: "delete", seen: "new" });
    expect((await box.mailbox.open(version)).documents[0]?.seen).toBe("obsolete");
  });
});
