// interfaces.md §4a, ANN/va1.01–.04: a client of Annuaire Santé against a loopback server that is strict or hostile.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { FhirClient, type FhirClientOptions } from "../../../src/directory/index.js";
import { RequestRate } from "../../../src/directory/rate.js";
import { closeAll, errorOf, httpClient, served } from "../kit.js";
import { bundle, practitioner } from "./bundles.js";

afterEach(closeAll);

type Answer = (request: IncomingMessage, response: ServerResponse, url: string) => void;

async function client(answer: Answer, options: Partial<FhirClientOptions> = {}): Promise<FhirClient> {
  let url = "";
  url = await served((request, response) => answer(request, response, url));
  return new FhirClient({
    http: httpClient(),
    key: "s3cret-key",
    url: `${url}/fhir/v2`,
    rate: new RequestRate(1_000),
    maxRetries: 0,
    ...options,
  });
}

const json = (response: ServerResponse, body: unknown, status = 200, headers = {}): void => {
  response.writeHead(status, { "content-type": "application/fhir+json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};

async function read(of: FhirClient, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for await (const { matches } of of.pages("Practitioner", { family: "MOREL" }, signal ? { signal } : {}))
    count += matches.length;
  return count;
}

const one = (id: string) => practitioner(id, []);

describe("the key", () => {
  it("goes in its header, and never into a URL", async () => {
    const seen: { url: string; headers: IncomingMessage["headers"] }[] = [];
    const of = await client((request, response, url) => {
      seen.push({ url: request.url ?? "", headers: request.headers });
      json(response, seen.length === 1 ? bundle([one("1")], [], `${url}/fhir/v2?_getpages=1`) : bundle([one("2")]));
    });
    await read(of);
    expect(seen).toHaveLength(2);
    for (const { url, headers } of seen) {
      expect(headers["esante-api-key"]).toBe("s3cret-key");
      expect(url).not.toContain("s3cret");
    }
  });

  it("that is refused is said, and not shown", async () => {
    const of = await client((_request, response) => json(response, { message: "Unauthorized s3cret-key" }, 401));
    const error = await errorOf(read(of));
    expect(error.code).toBe("auth_refused");
    expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain("s3cret");
  });

  it("with a line break is refused before it is sent, and not shown", async () => {
    const of = await client(() => expect.unreachable(), { key: async () => "s3cret\r\nx: y" });
    const error = await errorOf(read(of));
    expect(error.code).toBe("secret_unavailable");
    expect(`${error.message} ${String(error.cause)}`).not.toContain("s3cret");
  });
});

describe("pages", () => {
  it("are followed by their next links to the end", async () => {
    const of = await client((request, response, url) => {
      const page = Number(new URL(request.url ?? "", url).searchParams.get("page") ?? 1);
      json(response, bundle([one(String(page))], [], page < 5 ? `${url}/fhir/v2?page=${page + 1}` : undefined));
    });
    expect(await read(of)).toBe(5);
  });

  it.each([
    ["another host", () => "https://evil.example/fhir/v2?page=2"],
    ["another port", (url: string) => `${url.replace(/\d+$/, "1")}/fhir/v2?page=2`],
    ["the same host with a user", (url: string) => `${url.replace("//", "//key@")}/fhir/v2?page=2`],
    ["the same host above the directory", (url: string) => `${url}/elsewhere?page=2`],
    ["another scheme", () => "file:///etc/passwd"],
    ["what is no URL", () => "http://["],
  ])("are not followed to %s", async (_name, link) => {
    let count = 0;
    const of = await client((_request, response, url) => {
      count += 1;
      json(response, bundle([one("1")], [], link(url)));
    });
    expect((await errorOf(read(of))).code).toBe("directory_answer_invalid");
    expect(count).toBe(1);
  });

  it("that lead in a circle end with an error", async () => {
    let count = 0;
    const of = await client((_request, response, url) => {
      count += 1;
      json(response, bundle([one(String(count))], [], `${url}/fhir/v2?page=${count % 2}`));
    });
    expect((await errorOf(read(of))).code).toBe("directory_answer_invalid");
    expect(count).toBe(3);
  });

  it("that come again under a new link end with an error", async () => {
    let count = 0;
    const of = await client((_request, response, url) => {
      count += 1;
      json(response, bundle([one("1"), one("2")], [], `${url}/fhir/v2?page=${count}`));
    });
    expect((await errorOf(read(of))).code).toBe("directory_answer_invalid");
    expect(count).toBe(2);
  });

  it("end at their limit, even where each is new", async () => {
    let count = 0;
    const of = await client(
      (_request, response, url) => {
        count += 1;
        json(response, bundle([one(`n${count}`)], [], `${url}/fhir/v2?page=${count}`));
      },
      { limits: { pages: 4 } },
    );
    expect((await errorOf(read(of))).code).toBe("directory_limit_exceeded");
    expect(count).toBe(4);
  });

  it("end at their limit where they are empty", async () => {
    let count = 0;
    const of = await client(
      (_request, response, url) => {
        count += 1;
        json(response, bundle([], [], `${url}/fhir/v2?page=${count}`));
      },
      { limits: { pages: 4 } },
    );
    expect((await errorOf(read(of))).code).toBe("directory_limit_exceeded");
  });

  it("are not read beyond their bytes, one page or all", async () => {
    const big = (response: ServerResponse, id: string, next?: string) =>
      json(response, bundle([{ ...one(id), text: { div: "x".repeat(20_000) } }], [], next));
    const onePage = await client((_request, response) => big(response, "1"), { limits: { pageBytes: 10_000 } });
    const error = await errorOf(read(onePage));
    expect([error.code, error.path]).toEqual(["directory_limit_exceeded", "limits.pageBytes"]);
    let count = 0;
    const all = await client(
      (_request, response, url) => big(response, String(++count), `${url}/fhir/v2?page=${count}`),
      {
        limits: { bytes: 50_000 },
      },
    );
    expect((await errorOf(read(all))).path).toBe("limits.bytes");
  });
});

describe("an answer", () => {
  it.each([
    ["broken JSON", "{"],
    ["HTML", "<html>"],
    ["another resource", { resourceType: "Patient", id: "1" }],
    ["a Bundle of another kind", { resourceType: "Bundle", type: "history", entry: [] }],
    ["a list", []],
    ["very deep JSON", "[".repeat(200_000)],
  ])("of %s is refused", async (_name, body) => {
    const of = await client((_request, response) => json(response, body));
    expect((await errorOf(read(of))).code).toBe("directory_answer_invalid");
  });

  it("of lists within lists is refused before it is taken apart", async () => {
    const deep = `{"resourceType":"Bundle","type":"searchset","entry":[${"[".repeat(200)}"\\"]"${"]".repeat(200)}]}`;
    const of = await client((_request, response) => json(response, deep));
    expect((await errorOf(read(of))).message).toBe("the answer is no JSON");
  });

  it("leaves out and counts a resource that is not as published", async () => {
    const broken = { resourceType: "Practitioner", id: 7, telecom: "x" };
    const of = await client((_request, response) => json(response, bundle([one("1"), broken])));
    for await (const page of of.pages("Practitioner", {})) {
      expect(page.matches).toHaveLength(1);
      expect(page.malformed).toBe(1);
    }
  });

  it("of OperationOutcome becomes an error with its code, without its words", async () => {
    const outcome = {
      resourceType: "OperationOutcome",
      issue: [{ severity: "error", code: "processing", diagnostics: "MOREL" }],
    };
    const of = await client((_request, response) => json(response, outcome, 400));
    const error = await errorOf(read(of));
    expect([error.code, error.retryable]).toEqual(["directory_query_refused", false]);
    expect(error.message).toContain("HTTP 400, processing");
    expect(error.message).not.toContain("MOREL");
  });

  it("that points elsewhere is not followed", async () => {
    const of = await client((_request, response) => json(response, "", 302, { location: "https://evil.example/" }));
    expect((await errorOf(read(of))).code).toBe("directory_answer_invalid");
  });

  it("that does not come in time is the directory's silence, and may be asked again", async () => {
    const of = await client(() => {}, { timeoutMs: 50 });
    const error = await errorOf(read(of));
    expect([error.code, error.retryable]).toEqual(["directory_unavailable", true]);
  });

  it("is given up with the caller's signal", async () => {
    const ended = new AbortController();
    const of = await client(() => ended.abort());
    expect((await errorOf(read(of, ended.signal))).code).toBe("aborted");
  });
});

describe("a server that cannot", () => {
  it("is asked again after its Retry-After, and everybody waits", async () => {
    const at: number[] = [];
    const rate = new RequestRate(1_000);
    const of = await client(
      (_request, response) => {
        at.push(performance.now());
        if (at.length === 1) json(response, "", 429, { "retry-after": "1" });
        else json(response, bundle([one("1")]));
      },
      { maxRetries: 1, rate },
    );
    expect(await read(of)).toBe(1);
    expect((at[1] as number) - (at[0] as number)).toBeGreaterThanOrEqual(990);
  });

  it("is not waited for where it asks for too long", async () => {
    let count = 0;
    const of = await client(
      (_request, response) => {
        count += 1;
        json(response, "", 503, { "retry-after": "3600" });
      },
      { maxRetries: 5 },
    );
    expect((await errorOf(read(of))).code).toBe("directory_unavailable");
    expect(count).toBe(1);
  });

  it("is asked again after a 500 or a lost connection, as often as allowed", async () => {
    let count = 0;
    const of = await client(
      (request, response) => {
        count += 1;
        if (count === 1) json(response, "", 500);
        else if (count === 2) request.socket.destroy();
        else json(response, bundle([one("1")]));
      },
      { maxRetries: 2 },
    );
    expect(await read(of)).toBe(1);
    expect(count).toBe(3);
  });
});

describe("the search parameters", () => {
  it("are sent as FHIR writes them, posted where the caller wants it", async () => {
    let got = { method: "", url: "", body: "" };
    const of = await client((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        got = { method: request.method ?? "", url: request.url ?? "", body };
        json(response, bundle([]));
      });
    });
    const parameters = {
      _id: ["001-1", "001-2"],
      _lastUpdated: ["ge2026-08-30", "lt2026-09-01"],
      active: true,
      "mailbox-mss": { contains: "@ch-dax.mssante.fr" },
      name: { all: ["CH", "DAX"], contains: true },
      type: [{ system: "https://x/TRE", code: "SA05" }, "SA25"],
      "pharmacy-licence": { exact: "12" },
      identifier: { not: "1" },
      _count: 10,
      _elements: ["telecom", "name"],
      _include: ["Organization:partof"],
    } as const;
    for await (const _ of of.pages("Organization", parameters, { method: "POST" }));
    expect([got.method, got.url]).toEqual(["POST", "/fhir/v2/Organization/_search"]);
    expect([...new URLSearchParams(got.body)]).toEqual([
      ["_id", "001-1,001-2"],
      ["_lastUpdated", "ge2026-08-30"],
      ["_lastUpdated", "lt2026-09-01"],
      ["active", "true"],
      ["mailbox-mss:contains", "@ch-dax.mssante.fr"],
      ["name:contains", "CH"],
      ["name:contains", "DAX"],
      ["type", "https://x/TRE|SA05,SA25"],
      ["pharmacy-licence:exact", "12"],
      ["identifier:not", "1"],
      ["_count", "10"],
      ["_elements", "telecom,name"],
      ["_include", "Organization:partof"],
    ]);
  });

  it("are posted where they would make a long URL", async () => {
    let method = "";
    const of = await client((request, response) => {
      method = request.method ?? "";
      json(response, bundle([]));
    });
    for await (const _ of of.pages("Organization", { _id: Array.from({ length: 300 }, (_, i) => `001-${i}`) }));
    expect(method).toBe("POST");
  });

  it("of an address that is no base of a server are refused", () => {
    for (const url of ["ftp://x.example", "https://key@x.example/fhir", "https://x.example/fhir?key=1", "x"])
      expect(() => new FhirClient({ http: httpClient(), key: "k", url })).toThrow(/not an http/);
  });
});
