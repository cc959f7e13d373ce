import { describe, expect, it } from "vitest";
import { configWarnings, editDistance, nearest, parseConfig } from "../../src/config/index.js";
import { validConfig } from "./valid.js";

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

describe("the URL of a database", () => {
  const warned = (url: unknown) =>
    configWarnings(parseConfig({ ...validConfig(), outbox: { store: "postgres", url } })).filter(
      ({ path }) => path === "outbox.url",
    );

  it("is warned about where a password is written in it, without its value", () => {
    const warnings = warned("postgres://user:canary@db/outbox");
    expect(warnings.map(({ code }) => code)).toEqual(["secret_in_config"]);
    expect(JSON.stringify(warnings)).not.toContain("canary");
  });

  it.each(["postgres://user@db/outbox", { env: "DATABASE_URL" }, { file: "url.txt" }, { command: ["vault"] }])(
    "is not warned about as %j",
    (url) => expect(warned(url)).toEqual([]),
  );

  it("is warned about where what is stored goes over a network in clear", () => {
    const inClear = (url: string) => warned(url).map(({ code }) => code);
    expect(inClear("postgres://user@db/outbox?sslmode=disable")).toEqual(["database_in_clear"]);
    expect(inClear("postgres://user@localhost/outbox?sslmode=disable")).toEqual([]);
    expect(inClear("postgres://user@localhost/outbox?sslmode=disable&host=10.0.0.4")).toEqual(["database_in_clear"]);
    expect(inClear("postgres://user@db/outbox?host=/run/postgresql&sslmode=disable")).toEqual([]);
    expect(inClear("postgres://user@db/outbox")).toEqual([]);
  });

  it.each(["mysql://canary@db/outbox", "db/canary", "postgres:db", 5, undefined])("is not %j", (url) => {
    const refused = () => parseConfig({ ...validConfig(), outbox: { store: "postgres", url } });
    expect(refused).toThrowError(expect.objectContaining({ code: "config_invalid", path: "outbox.url" }));
    expect(refused).not.toThrowError(/canary/);
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
