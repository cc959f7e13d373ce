import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { configSchema, parseConfig } from "../../src/config/index.js";
import { parseJsonc } from "../../src/settings/index.js";
import { members } from "../tools/interfaces.js";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const page = read("docs/configuration.md");

/** Names in code style in the first cell of the rows of a page, `.port` after `operator.smtp.host` standing for `operator.smtp.port`. */
function firstCells(text: string): string[] {
  const cells = text.split("\n").flatMap((line) => /^\| (`[^|]+) \|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) => {
    let last = "";
    return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => {
      last = name.startsWith(".") ? last.slice(0, last.lastIndexOf(".")) + name : name;
      return last;
    });
  });
}

/** Paths of every leaf of the schema, whatever branch of a union it stands in. */
function leaves(schema: z.core.$ZodType, path = ""): string[] {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> };
  switch (def["type"]) {
    case "object":
      return Object.entries(def["shape"] as Record<string, z.core.$ZodType>).flatMap(([key, value]) =>
        leaves(value, path === "" ? key : `${path}.${key}`),
      );
    case "union":
      // A secret is one key, whatever its forms.
      if (isSecret(def["options"] as z.core.$ZodType[])) return [path];
      return [...new Set((def["options"] as z.core.$ZodType[]).flatMap((option) => leaves(option, path)))];
    case "pipe":
      return leaves(
        (def["in"] as z.core.$ZodType)._zod.def.type === "transform"
          ? (def["out"] as z.core.$ZodType)
          : (def["in"] as z.core.$ZodType),
        path,
      );
    case "optional":
    case "default":
    case "prefault":
      return leaves(def["innerType"] as z.core.$ZodType, path);
    default:
      return [path];
  }
}

function isSecret(options: z.core.$ZodType[]): boolean {
  const names = options.flatMap((option) => leaves(option));
  return ["env", "file", "command"].every((name) => names.includes(name));
}

describe("docs/configuration.md", () => {
  const [keys = "", options = ""] = page.split("## What is set in code");

  it("has a row for each key of the configuration, and for nothing else", () => {
    // `operator` may be the text `discover`, so it has a row beside those of its keys.
    expect(new Set(firstCells(keys))).toEqual(new Set([...leaves(configSchema), "operator"]));
  });

  it("has a row for each option of createConnector that is set in code", () => {
    const wanted = members("src/connector-types.ts", "ConnectorOptions").filter(
      (name) => !["settings", "clock", "random"].includes(name),
    );
    const settings = members("src/sending/delivery-settings.ts", "DeliverySettings").map((name) => `settings.${name}`);
    expect(new Set(firstCells(options))).toEqual(new Set([...wanted, ...settings]));
  });

  it("shows a configuration that this version serves", () => {
    const sample = /```jsonc\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const parsed = parseJsonc(sample);
    expect(parsed).toHaveProperty("value");
    expect(() => parseConfig((parsed as { value: unknown }).value)).not.toThrow();
  });
});

describe("docs/sending.md", () => {
  it("names each field of a submission", () => {
    const table = /### Fields\n([\s\S]*?)\n\n/.exec(read("docs/sending.md"))?.[1] ?? "";
    const fields = members("src/sending/types.ts", "DocumentSubmission");
    expect(new Set(firstCells(table))).toEqual(new Set(fields));
  });
});
