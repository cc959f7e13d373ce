// The mock's Annuaire Santé, through our own client (SC.MSS/UX.41) and as a publisher's tests see it.
import { http as msw } from "msw";
import { setupServer } from "msw/node";
import { afterEach, describe, expect, it } from "vitest";
import { FhirDirectory, RequestRate } from "../../src/directory/index.js";
import { isRpps } from "../../src/identity/index.js";
import { inventedMailboxes } from "../../src/mock/directory/published.js";
import { MockDirectory, startMockMedimail } from "../../src/mock/index.js";
import { all, closeAll, errorOf, httpClient } from "../directory/kit.js";

afterEach(closeAll);

const KEY = { "esante-api-key": "mock-directory-key" };

async function started(options: { requestsPerSecond?: number } = {}) {
  const mock = await startMockMedimail({ directory: options });
  const directory = new FhirDirectory({
    http: httpClient(),
    key: mock.directory.key,
    url: mock.directory.url,
    rate: new RequestRate(17),
  });
  return { mock, directory, [Symbol.asyncDispose]: () => mock.close() };
}

describe("the mock's directory", () => {
  it("publishes the mock's own mailboxes: persons, services and applications", async () => {
    await using served = await started();
    const [person] = await all(served.directory.search({ family: "morel", given: "claire" }));
    expect(person).toMatchObject({ address: "claire.morel@medecin.mssante.fr", type: "PER" });
    const found = await all(served.directory.search({ structure: "ch exemple" }));
    expect(found.map(({ address, type }) => `${type} ${address}`).sort()).toEqual([
      "APP labo@ch-exemple.mssante.fr",
      "ORG secretariat.cardiologie@ch-exemple.mssante.fr",
    ]);
  });

  it("publishes sixty invented professionals, page by page, numbers right and each address once", async () => {
    await using served = await started();
    const found = await all(served.directory.search({ text: "DR", type: "PER", city: "31" }, { limit: 100 }));
    expect(found).toHaveLength(15);
    const people = inventedMailboxes();
    expect(new Set(people.map(({ address }) => address)).size).toBe(60);
    expect(people.every(({ person }) => isRpps(person?.rpps ?? ""))).toBe(true);
    let pages = 0;
    let count = 0;
    for await (const { matches } of served.directory.client.pages("PractitionerRole", { _count: 25 })) {
      pages += 1;
      count += matches.length;
    }
    expect([pages, count]).toEqual([3, 60]);
  });

  it("finds who works in a structure by its FINESS", async () => {
    await using served = await started();
    const finess = inventedMailboxes()[0]?.structure?.finess ?? "";
    const found = await all(served.directory.search({ finess, profession: "10" }));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ structure, profession }) => structure?.finess === finess && profession?.code === "10")).toBe(
      true,
    );
  });

  it("refuses a request without its key, and says that one was refused", async () => {
    await using served = await started();
    const { url } = served.mock.directory;
    expect((await fetch(`${url}/Practitioner`)).status).toBe(401);
    const seen = await served.mock.waitFor(({ kind }) => kind === "http");
    expect(seen).toMatchObject({ surface: "directory", operation: "Practitioner", status: 401, error: "http-401" });
  });

  it("answers an unknown parameter with an OperationOutcome", async () => {
    await using served = await started();
    const response = await fetch(`${served.mock.directory.url}/Practitioner?town=Dax`, { headers: KEY });
    expect([response.status, await response.json()]).toEqual([
      400,
      { resourceType: "OperationOutcome", issue: [expect.objectContaining({ code: "processing" })] },
    ]);
  });

  it("refuses the request beyond its limit with a time, and our client keeps to 17 a second", async () => {
    await using served = await started();
    const { url } = served.mock.directory;
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await fetch(`${url}/metadata`, { headers: KEY });
        return response.status === 429 ? response.headers.get("retry-after") : response.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(17);
    expect(statuses.filter((status) => status === "1")).toHaveLength(3);
  });

  it("never has to refuse our client for its haste", async () => {
    await using served = await started();
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        all(served.directory.search({ rpps: `1010000${String(index).padStart(4, "0")}` })),
      ),
    );
    expect(served.mock.directory.answered).toEqual({ 200: 40 });
  });

  it("observes what was asked: parameters, no key", async () => {
    await using served = await started();
    await all(served.directory.search({ family: "MOREL", given: "Claire" }));
    const seen = await served.mock.waitFor(({ kind }) => kind === "http");
    expect(seen).toMatchObject({
      surface: "directory",
      operation: "Practitioner",
      method: "GET",
      status: 200,
      parameters: { family: "MOREL", given: "Claire", active: "true" },
    });
    expect(JSON.stringify(seen)).not.toContain(served.mock.directory.key);
  });

  it("is named by the ready object, and can be left out", async () => {
    await using mock = await startMockMedimail();
    expect((await mock.ready()).directory).toEqual({ url: mock.directory.url, key: mock.directory.key });
    await using without = await startMockMedimail({ directory: false });
    expect((await without.ready()).directory).toBeUndefined();
    expect(() => without.directory).toThrow(/without a directory/);
  });

  it("stands behind msw in a publisher's own tests", async () => {
    const published = new MockDirectory({
      mailboxes: [
        {
          address: "jeanne.martin@medecin.mssante.fr",
          type: "PER",
          person: { rpps: "99900000019", family: "MARTIN", given: "Jeanne" },
        },
      ],
    });
    const server = setupServer(...published.handlers(msw));
    server.listen({ onUnhandledRequest: "error" });
    try {
      const directory = new FhirDirectory({ http: httpClient(), key: published.key, rate: new RequestRate(100) });
      const found = await all(directory.search({ text: "martin jeanne" }));
      expect(found.map(({ address }) => address)).toEqual(["jeanne.martin@medecin.mssante.fr"]);
      const stranger = new FhirDirectory({ http: httpClient(), key: "another", rate: new RequestRate(100) });
      expect((await errorOf(all(stranger.search({ text: "martin" })))).code).toBe("auth_refused");
    } finally {
      server.close();
    }
  });
});
