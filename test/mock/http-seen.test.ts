import { expect, it } from "vitest";
import { HttpServer } from "../../src/mock/http/server.js";
import { startMockMedimail } from "../../src/mock/index.js";
import type { ObservationBody } from "../../src/mock/observer.js";

async function served(secrets?: readonly string[]) {
  const observed: ObservationBody[] = [];
  const http = new HttpServer(() => {});
  http.observe = (body) => void observed.push(body);
  http.on("/x", async (request) => new Response(`got ${(await request.text()).length}`, { status: 201 }), {
    surface: "other",
    operation: "x",
    ...(secrets ? { secrets } : {}),
    tell: async (request, response) => ({ error: `${await request.text()}|${await response.text()}` }),
  });
  http.on("/silent", () => new Response("ok"));
  await http.listen(0);
  return { http, observed };
}

it("observes a request to a surface with the names and values of query and form, a secret replaced", async () => {
  const { http, observed } = await served(["secret"]);
  const body = new URLSearchParams({ secret: "s3cret", c: "3" });
  await (await fetch(`${http.url}/x?a=1&a=2`, { method: "POST", body })).text();
  await http.close();
  expect(observed).toEqual([
    {
      connection: "http-1",
      kind: "http",
      surface: "other",
      operation: "x",
      method: "POST",
      path: "/x",
      parameters: { a: "1 & 2", secret: "[credential]", c: "3" },
      status: 201,
      error: "secret=s3cret&c=3|got 17",
    },
  ]);
});

it("keeps a body that is no form out of the observation, and lets the route read it", async () => {
  const { http, observed } = await served();
  const response = await fetch(`${http.url}/x`, { method: "POST", body: new Uint8Array([1, 2, 3]) });
  expect(await response.text()).toBe("got 3");
  await http.close();
  expect(observed[0]).toMatchObject({ parameters: {} });
});

it("observes nothing of a route without a surface", async () => {
  const { http, observed } = await served();
  await (await fetch(`${http.url}/silent`)).text();
  await http.close();
  expect(observed).toEqual([]);
});

it("is wired to the mock's observations: who fetched the white list", async () => {
  await using mock = await startMockMedimail();
  const { whiteList } = await mock.ready();
  await (await fetch(whiteList.url)).text();
  const found = mock.observations.find(({ kind }) => kind === "http");
  expect(found).toMatchObject({ surface: "white-list", method: "GET", status: 200 });
});
