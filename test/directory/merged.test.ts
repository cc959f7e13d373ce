import { describe, expect, it } from "vitest";
import { mergeDirectories } from "../../src/directory/index.js";
import { MedimailError } from "../../src/errors.js";
import type { Directory, DirectoryEntry, DirectoryQuery, DirectorySource } from "../../src/seams/index.js";
import { all, errorOf } from "./kit.js";

const entry = (source: DirectorySource, address: string, rest: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  address,
  type: "PER",
  name: "Claire MOREL",
  source,
  asOf: "2026-11-28T08:00:00.000Z",
  ...rest,
});

/** A directory of a test, with what it was asked. */
function directory(
  source: DirectorySource,
  answer: (signal?: AbortSignal) => DirectoryEntry[] | Promise<DirectoryEntry[]>,
) {
  const asked: DirectoryQuery[] = [];
  let closed = false;
  const self: Directory & { asked: DirectoryQuery[]; isClosed: () => boolean } = {
    source,
    asked,
    isClosed: () => closed,
    async *search(query, { signal } = {}) {
      asked.push(query);
      yield* await answer(signal);
    },
    async close() {
      closed = true;
    },
  };
  return self;
}
const failing = (source: DirectorySource, error: unknown) =>
  directory(source, () => {
    throw error;
  });
const down = () => new MedimailError("directory_unavailable", "the directory does not answer");

describe("one merged answer", () => {
  it("has an address of several sources once, with the age of each", async () => {
    const merged = mergeDirectories([
      directory("extraction", () => [
        entry("extraction", "A@x.mssante.fr", { asOf: "2026-11-26T00:00:00Z", city: "DAX", rpps: "1" }),
      ]),
      directory("fhir", () => [entry("fhir", "a@x.mssante.fr", { asOf: "2026-11-28T09:00:00Z", paperless: true })]),
    ]);
    const { entries } = await merged.find({ family: "MOREL" });
    expect(entries).toEqual([
      expect.objectContaining({
        address: "A@x.mssante.fr",
        city: "DAX",
        rpps: "1",
        paperless: true,
        source: "extraction",
        sources: [
          { source: "extraction", asOf: "2026-11-26T00:00:00Z" },
          { source: "fhir", asOf: "2026-11-28T09:00:00Z" },
        ],
      }),
    ]);
  });

  it("believes the first of the order where sources differ", async () => {
    const sources = [
      directory("extraction", () => [entry("extraction", "a@x.mssante.fr", { city: "DAX" })]),
      directory("fhir", () => [entry("fhir", "a@x.mssante.fr", { city: "PAU" })]),
    ];
    expect((await mergeDirectories(sources).find({ family: "MOREL" })).entries[0]?.city).toBe("DAX");
    const [first] = (await mergeDirectories(sources, { order: ["fhir"] }).find({ family: "MOREL" })).entries;
    expect([first?.city, first?.source]).toEqual(["PAU", "fhir"]);
  });

  it("puts an entry where the best of its sources puts it", async () => {
    const merged = mergeDirectories([
      directory("extraction", () => ["b", "c", "a"].map((name) => entry("extraction", `${name}@x.mssante.fr`))),
      directory("fhir", () => [entry("fhir", "a@x.mssante.fr")]),
    ]);
    const { entries } = await merged.find({ family: "MOREL" });
    expect(entries.map(({ address }) => address[0])).toEqual(["b", "a", "c"]);
  });

  it("reports a source that fails beside the answer of the others", async () => {
    const merged = mergeDirectories([
      failing("fhir", down()),
      directory("ldap", () => [entry("ldap", "a@x.mssante.fr")]),
    ]);
    const { entries, failures, answered } = await merged.find({ family: "MOREL" });
    expect(entries).toHaveLength(1);
    expect(answered).toEqual(["ldap"]);
    expect(failures).toEqual([
      { source: "fhir", code: "directory_unavailable", message: "the directory does not answer", retryable: true },
    ]);
  });

  it("keeps the words of an error that nobody foresaw inside: they may quote what was asked", async () => {
    const merged = mergeDirectories([failing("ldap", new Error("no such MOREL")), directory("fhir", () => [])]);
    const { failures } = await merged.find({ family: "MOREL" });
    expect(JSON.stringify(failures)).not.toContain("MOREL");
  });

  it("throws by the iterator where no source answered", async () => {
    const cause = down();
    const error = await errorOf(all(mergeDirectories([failing("fhir", cause)]).search({ family: "MOREL" })));
    // The command tells by it whether there is any network (exit 3).
    expect(error.cause).toBe(cause);
    expect([error.code, error.message, error.retryable]).toEqual([
      "directory_unavailable",
      "fhir: the directory does not answer",
      true,
    ]);
  });

  it("does not wait for a slow source beyond its time", async () => {
    const slow = directory(
      "fhir",
      (signal) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
    );
    const merged = mergeDirectories([slow, directory("ldap", () => [entry("ldap", "a@x.mssante.fr")])], {
      timeoutMs: { fhir: 30 },
    });
    const { entries, failures } = await merged.find({ family: "MOREL" });
    expect([entries.length, failures[0]?.message]).toEqual([1, "did not answer within 30 ms"]);
  });

  it("counts one source's red list for all, but tells who has the address", async () => {
    const merged = mergeDirectories([
      directory("extraction", () => [entry("extraction", "a@x.mssante.fr")]),
      directory("fhir", () => [entry("fhir", "a@x.mssante.fr", { redList: true })]),
    ]);
    expect((await merged.find({ family: "MOREL" })).entries).toEqual([]);
    expect((await merged.find({ address: "a@x.mssante.fr" })).entries[0]?.redList).toBe(true);
  });
});

describe("a source", () => {
  it("is not asked where one before it has found something, with ask: first", async () => {
    const [empty, full, last] = [
      directory("extraction", () => []),
      directory("fhir", () => [entry("fhir", "a@x.mssante.fr")]),
      directory("ldap", () => [entry("ldap", "b@x.mssante.fr")]),
    ];
    const { entries } = await mergeDirectories([empty, full, last], { ask: "first" }).find({ family: "MOREL" });
    expect(entries.map(({ address }) => address)).toEqual(["a@x.mssante.fr"]);
    expect([empty, full, last].map(({ asked }) => asked.length)).toEqual([1, 1, 0]);
  });

  it("is asked once by two who ask the same at the same time", async () => {
    const fhir = directory("fhir", () => [entry("fhir", "a@x.mssante.fr")]);
    const merged = mergeDirectories([fhir]);
    const query = { family: "MOREL", given: "Claire" };
    const [one, two] = await Promise.all([merged.find(query), merged.find({ given: "Claire", family: "MOREL" })]);
    expect(one.entries).toEqual(two.entries);
    expect(fhir.asked).toHaveLength(1);
    await merged.find(query);
    expect(fhir.asked).toHaveLength(2);
  });

  it("is not stopped by one who gives up while another waits, and is by the last", async () => {
    let stopped = false;
    let answer: (entries: DirectoryEntry[]) => void = () => {};
    const slow = directory("fhir", (signal) => {
      signal?.addEventListener("abort", () => {
        stopped = true;
      });
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    const merged = mergeDirectories([slow]);
    const gone = new AbortController();
    const first = errorOf(merged.find({ family: "MOREL" }, { signal: gone.signal }));
    const second = merged.find({ family: "MOREL" });
    gone.abort();
    expect((await first).code).toBe("aborted");
    expect(stopped).toBe(false);
    answer([entry("fhir", "a@x.mssante.fr")]);
    expect((await second).entries).toHaveLength(1);
    const last = new AbortController();
    const third = errorOf(merged.find({ family: "AUTRE" }, { signal: last.signal }));
    last.abort();
    expect((await third).code).toBe("aborted");
    expect(stopped).toBe(true);
  });

  it("that was down is left alone for a while, and is among the failures", async () => {
    let now = 0;
    const clock = { now: () => now, sleep: async () => {} };
    const fhir = failing("fhir", down());
    const merged = mergeDirectories([fhir], { restMs: 1_000, clock });
    for (const name of ["A", "B", "C"]) expect((await merged.find({ family: name })).failures).toHaveLength(1);
    expect(fhir.asked).toHaveLength(1);
    now = 1_001;
    await merged.find({ family: "D" });
    await merged.find({ family: "E" });
    expect(fhir.asked).toHaveLength(2);
  });

  it("can be asked alone; one that is not set up is named", async () => {
    const [fhir, ldap] = [directory("fhir", () => []), directory("ldap", () => [])];
    const merged = mergeDirectories([fhir, ldap]);
    await merged.find({ family: "MOREL" }, { sources: ["ldap"] });
    expect([fhir.asked.length, ldap.asked.length]).toEqual([0, 1]);
    expect((await errorOf(merged.find({ family: "MOREL" }, { sources: ["extraction"] }))).path).toBe("directory.index");
  });

  it("is closed with the others", async () => {
    const sources = [directory("fhir", () => []), directory("ldap", () => [])];
    await mergeDirectories(sources).close();
    expect(sources.every((source) => source.isClosed())).toBe(true);
  });
});
