import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { child, childrenOf, descend, parseXml, type XmlParseOptions } from "../../src/xml/index.js";

function refusal(
  xml: string | Uint8Array,
  options?: XmlParseOptions,
): { code: string; message: string; path?: string } {
  try {
    parseXml(xml, options);
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    return { code: error.code, message: error.message, ...(error.path === undefined ? {} : { path: error.path }) };
  }
  throw new Error("was not refused");
}

describe("reading XML", () => {
  it("resolves prefixes to namespaces, whatever the prefixes are", () => {
    const a = parseXml(`<a xmlns="urn:one"><b xmlns:x="urn:two"><x:c/></b></a>`);
    const b = parseXml(`<p:a xmlns:p="urn:one" xmlns:q="urn:two"><p:b><q:c/></p:b></p:a>`);
    for (const root of [a, b]) {
      expect([root.local, root.uri]).toEqual(["a", "urn:one"]);
      expect(child(root, "b", "urn:one")).toBeDefined();
      expect(descend(root, "b", "c")?.uri).toBe("urn:two");
    }
  });

  it("keeps the prefix of an outer scope hidden by an inner one only within it", () => {
    const root = parseXml(`<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"/><p:b/></p:a>`);
    expect(root.children.map((each) => each.uri)).toEqual(["urn:2", "urn:1"]);
  });

  it("keys attributes by local name, and by namespace where they have a prefix", () => {
    const root = parseXml(`<a xmlns:x="urn:x" b="1" x:b="2" xml:lang="fr"/>`);
    expect({ ...root.attrs }).toEqual({ b: "1", "{urn:x}b": "2", "{http://www.w3.org/XML/1998/namespace}lang": "fr" });
  });

  it("does not take attributes of hostile names for properties of objects", () => {
    const root = parseXml(`<a __proto__="x" constructor="y"/>`);
    expect(Object.entries(root.attrs)).toContainEqual(["__proto__", "x"]);
    expect(root.attrs["constructor"]).toBe("y");
    expect(parseXml("<a/>").attrs["constructor"]).toBeUndefined();
  });

  it("concatenates an element's own text, CDATA and character references included", () => {
    expect(parseXml(`<a>x<b>not this</b>&lt;&#233;<![CDATA[<y>]]><!-- nor this --></a>`).text).toBe("x<é<y>");
  });

  it("gives mixed content in its order, only where it is asked for", () => {
    const xml = `<r><a>1<b/>2<!-- c -->3</a><c>4</c></r>`;
    const [a, c] = parseXml(xml, { mixed: ({ local }) => local === "a" }).children;
    expect(a?.nodes?.map((node) => (typeof node === "string" ? node : node.local))).toEqual(["1", "b", "23"]);
    expect(c?.nodes).toBeUndefined();
    expect(parseXml(xml, { mixed: true }).children[1]?.nodes).toEqual(["4"]);
  });

  it("finds children by name, in their order", () => {
    const root = parseXml(`<a><b n="1"/><c/><b n="2"/></a>`);
    expect(childrenOf(root, "b").map((each) => each.attrs["n"])).toEqual(["1", "2"]);
    expect(child(root, "d")).toBeUndefined();
    expect(descend(root, "c", "d", "e")).toBeUndefined();
  });

  it("does not keep a skipped subtree, and tells its path when asking", () => {
    const asked: string[] = [];
    const root = parseXml(`<a><b><c>text</c></b><d>kept</d></a>`, {
      skip: ({ local }, depth, path) => {
        asked.push(`${path.join("/")}:${depth}:${local}`);
        return local === "b";
      },
    });
    expect(root.children.map((each) => [each.local, each.text])).toEqual([["d", "kept"]]);
    expect(asked).toEqual([":0:a", "a:1:b", "a:1:d"]);
  });
});

describe("what is not well-formed is refused", () => {
  const cases: Record<string, string> = {
    "an element not closed": "<a><b></a>",
    "an end too early": "<a><b/>",
    "an attribute given twice": `<a b="1" b="2"/>`,
    "an attribute given twice under two prefixes": `<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>`,
    "a prefix that is not declared": "<a><x:b/></a>",
    "a prefix of an attribute that is not declared": `<a x:b=""/>`,
    "a prefix declared without namespace": `<a xmlns:x=""/>`,
    "a reserved prefix": `<a xmlns:xml="urn:x"/>`,
    "a name with two colons": "<a:b:c/>",
    "an entity that is not defined": "<a>&eacute;</a>",
    "an entity named as a property of objects": "<a>&constructor;</a>",
    "a reference to a character that XML does not allow": "<a>&#1;</a>",
    "a control character": "<a>\u0001</a>",
    "a control character of XML 1.1": `<?xml version="1.1"?><a>&#1;</a>`,
    "half a surrogate pair": "<a>\ud800</a>",
    "two roots": "<a/><b/>",
    "text after the root": "<a/>text",
    "no element": "<!-- nothing -->",
    nothing: "",
  };
  for (const [name, xml] of Object.entries(cases)) {
    it(name, () => expect(refusal(xml).code).toBe("xml_invalid"));
  }

  it("in a skipped subtree too", () => {
    const skip = ({ local }: { local: string }): boolean => local === "b";
    for (const xml of [
      "<a><b><c></b></a>",
      "<a><b><x:c/></b></a>",
      "<a><b>&no;</b></a>",
      `<a><b><c x:y=""/></b></a>`,
    ]) {
      expect(refusal(xml, { skip }).code).toBe("xml_invalid");
    }
  });

  it("with a message that says where and what, and quotes nothing of the document", () => {
    for (const xml of [
      "<a>\n <MARTIN>&SECRET;</a>",
      "<MARTIN>",
      "<a></MARTIN>",
      `<a SECRET="1" SECRET="2"/>`,
      "<MARTIN:a/>",
    ]) {
      const { message } = refusal(xml, { what: "CDA" });
      expect(message).toMatch(/^The CDA is not well-formed at \d+:\d+: /);
      expect(message).not.toMatch(/MARTIN|SECRET/);
    }
  });
});

describe("a DOCTYPE is refused", () => {
  const bomb = `<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>`;
  for (const xml of [
    `<!DOCTYPE a><a/>`,
    `<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`,
    bomb,
    `<?xml version="1.0"?>\n${bomb}`,
  ]) {
    it(xml.slice(0, 40), () => expect(refusal(xml).code).toBe("xml_dtd_refused"));
  }

  it("inside the root too", () => expect(refusal("<a><!DOCTYPE b></a>").code).toBe("xml_dtd_refused"));
});

describe("limits", () => {
  const deep = (depth: number): string => "<a>".repeat(depth) + "</a>".repeat(depth);
  const cases: [string, string, XmlParseOptions][] = [
    ["maxBytes", "<a>xxxxxxxxxxxxxxx</a>", { limits: { maxBytes: 10 } }],
    ["maxDepth", deep(11), { limits: { maxDepth: 10 } }],
    ["maxDepth", `<r>${deep(11)}</r>`, { limits: { maxDepth: 10 }, skip: ({ local }) => local === "a" }],
    ["maxElements", "<a><b/><b/><b/></a>", { limits: { maxElements: 3 } }],
    ["maxElements", "<a><b><c/><c/></b></a>", { limits: { maxElements: 3 }, skip: ({ local }) => local === "b" }],
    ["maxAttributes", `<a b="" c="" d=""/>`, { limits: { maxAttributes: 2 } }],
    ["maxAttributes", `<a xmlns:b="b" xmlns:c="c" xmlns:d="d"/>`, { limits: { maxAttributes: 2 } }],
    ["maxTextBytes", "<a>12345<b>678</b></a>", { limits: { maxTextBytes: 7 } }],
  ];
  for (const [limit, xml, options] of cases) {
    it(`${limit}: ${xml.slice(0, 30)}`, () => {
      expect(refusal(xml, options)).toMatchObject({ code: "xml_limit_exceeded", path: limit });
    });
  }

  it("lets through what is at the limit", () => {
    const limits = { maxBytes: 100, maxDepth: 10, maxElements: 10, maxAttributes: 2, maxTextBytes: 0 };
    expect(parseXml(deep(10), { limits }).local).toBe("a");
    expect({ ...parseXml(`<a b="" c=""/>`, { limits }).attrs }).toEqual({ b: "", c: "" });
  });

  it("has defaults that hold without being asked for", () => {
    expect(refusal(deep(201)).path).toBe("maxDepth");
    expect(refusal(`<a${Array.from({ length: 101 }, (_, i) => ` a${i}=""`).join("")}/>`).path).toBe("maxAttributes");
  });
});

describe("a prefix that is not declared, where that is tolerated", () => {
  const options = { tolerateUndeclaredPrefixes: true };

  it("gives an element without namespace that keeps its prefix", () => {
    const { children } = parseXml(`<a xmlns="urn:a"><ns3:b ns3:c="1"/></a>`, options);
    expect(children[0]).toMatchObject({ local: "b", uri: "", prefix: "ns3" });
    expect({ ...children[0]?.attrs }).toEqual({ c: "1" });
  });

  it("changes nothing for prefixes that are declared", () => {
    expect(parseXml(`<x:a xmlns:x="urn:x"/>`, options).uri).toBe("urn:x");
  });
});
