import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { doctorsBox, mailOf, TEXT } from "./open-kit.js";
import { tortureMails } from "./torture-kit.js";

const LIMIT_MS = 5_000;

describe("two hundred mails of the torture kind", () => {
  it("are opened or refused with one of our errors, each in less than 5 s, and the mailbox stays usable", {
    timeout: 400_000,
  }, async () => {
    await using box = await doctorsBox();
    let opened = 0;
    const refused: string[] = [];
    for (const { name, raw } of tortureMails(200)) {
      const mail = box.deliver(raw);
      const started = performance.now();
      try {
        await box.mailbox.get(mail);
        await box.mailbox.body(mail);
        await box.mailbox.open(mail, { remember: true });
        opened += 1;
      } catch (error) {
        if (!isMedimailError(error) || error.code === "internal")
          throw new Error(`${name}: not one of our errors`, { cause: error });
        refused.push(`${name}: ${error.code} ${error.message}`);
      }
      expect(performance.now() - started, name).toBeLessThan(LIMIT_MS);
    }
    console.info(`torture: ${opened} opened, ${refused.length} refused\n${refused.join("\n")}`);
    expect(opened + refused.length).toBe(200);
    // The good mail that comes after them is read.
    expect((await box.mailbox.body(box.deliver(mailOf([TEXT])))).text).toMatch(/^Bonjour/);
  });
});
