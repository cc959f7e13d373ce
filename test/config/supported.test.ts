import { describe, expect, it } from "vitest";
import {
  assertSupported,
  configWarnings,
  editDistance,
  nearest,
  parseConfig,
  unsupportedParts,
} from "../../src/config/index.js";
import { validConfig } from "./valid.js";

const paths = (part: object) => unsupportedParts(parseConfig({ ...validConfig(), ...part })).map(({ path }) => path);

describe("unsupportedParts", () => {
  it("has nothing against a pinned operator with a white list, a proxy, a cache or an index", () => {
    expect(
      paths({
        trust: { whiteList: "listeblanche.xml" },
        network: { proxy: "http://proxy:3128" },
        cache: { path: "c.db" },
        directory: { index: "a.db" },
      }),
    ).toEqual([]);
  });

  it.each([["outbox.store", { outbox: { store: "postgres", url: "postgres://db" } }]])(
    "names %s of %j",
    (path, part) => {
      expect(paths(part)).toEqual([path]);
    },
  );

  it.each(["strict", "soft", "off"])("serves revocation %s", (revocation) => {
    expect(paths({ tls: { revocation } })).toEqual([]);
  });

  it("says by name what is not served", () => {
    expect(() =>
      assertSupported(parseConfig({ ...validConfig(), outbox: { store: "postgres", url: "postgres://db" } })),
    ).toThrowError(expect.objectContaining({ code: "not_supported", path: "outbox.store" }));
  });
});

describe("unsupportedParts, discovery", () => {
  it("has nothing against an operator that is looked up", () => {
    expect(paths({ operator: "discover" })).toEqual([]);
    expect(paths({ operator: { hostSuffixes: [".mipih.fr"] } })).toEqual([]);
  });
});

describe("configWarnings", () => {
  it("names a secret that is written in the configuration, and not its value", () => {
    const config = parseConfig({ ...validConfig(), auth: { method: "password", username: "u", password: "canary" } });
    const warnings = configWarnings(config);
    expect(warnings.map(({ code, path }) => `${code} ${path}`)).toContain("secret_in_config auth.password");
    expect(JSON.stringify(warnings)).not.toContain("canary");
  });

  it("says that revocation and white list are off", () => {
    expect(configWarnings(parseConfig(validConfig())).map(({ code }) => code)).toEqual([
      "revocation_off",
      "white_list_off",
    ]);
  });
});

describe("nearest", () => {
  it.each([
    ["--revokation", "revocation", 3],
    ["tsl", "tls", 1],
    ["", "abc", 3],
  ])("counts the edits from %s to %s", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it("finds the word meant, by edits or by its beginning", () => {
    expect([nearest("inpsect", ["inspect", "wrap"]), nearest("conf", ["config", "cda"])]).toEqual([
      "inspect",
      "config",
    ]);
  });

  it("finds none where all are far, or the word is absurdly long", () => {
    expect([nearest("zzzzzz", ["config", "cda"]), nearest("c".repeat(1e6), ["config"])]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
