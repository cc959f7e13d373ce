import { expect, it } from "vitest";
import { styleFor } from "../../src/cli/style.js";
import { comparedText } from "../../src/cli/views/validate.js";
import { type Comparison, VERDICTS } from "../../src/validator/index.js";

it("two runs compared name each verdict as the report does, in the language of the person", () => {
  const comparison = {
    changes: [
      { code: "ECO.1.1.5", title: "T", obligation: "M", before: "pass", after: "not-observed", change: "worse" },
      { code: "ECO.2.1.1", title: "U", obligation: "M", after: "fail", change: "other" },
    ],
    regressed: true,
  } as unknown as Comparison;
  const said = (lang: "fr" | "en") => comparedText(comparison, VERDICTS[lang], lang, styleFor(false, {}));
  expect(said("fr")).toContain("ECO.1.1.5 T: conforme → non observé\n");
  expect(said("en")).toContain("ECO.1.1.5 T: pass → not observed\n");
  expect(said("en")).toContain("ECO.2.1.1 U: — → fail\n");
});
