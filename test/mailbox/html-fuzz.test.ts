import { type DefaultTreeAdapterTypes, parse, parseFragment } from "parse5";
import { describe, expect, it } from "vitest";
import { safeHtml } from "../../src/mailbox/html.js";
import { dice } from "./torture-kit.js";

/** What parsers of HTML have been seen to disagree on: foreign content, raw text, comments, quotes, entities, misplaced tables. */
const PIECES = [
  ..."<svg>|</svg>|<math>|<mtext>|<mglyph>|<style>|</style>|<!--|-->|--!>|<![CDATA[|]]>|<noscript>|</noscript>|<title>|</title>".split(
    "|",
  ),
  ..."<textarea>|</textarea>|<xmp>|</xmp>|<template>|<table>|<td>|<tr>|</table>|<form>|</form>|<p>|</p>|<li>|<select>|</select>".split(
    "|",
  ),
  ...'<foreignObject>|<desc>|<annotation-xml encoding=text/html>|<iframe srcdoc="|<script>|</script>|<plaintext>|<option>|<b>'.split(
    "|",
  ),
  ..."<noembed>|</noembed>|<noframes>|</noframes>|<frameset>|<body>|<object>|</object>|<video>|<?xml|?>|<!doctype|<//|</|<a/|<br>".split(
    "|",
  ),
  ...'<a href="|<a href=\'|">|\'>|>|<|/>|"|\'|`|=|&|&lt;|&gt;|&quot;|&amp;|<font face="|<img title="|<img src='.split(
    "|",
  ),
  ..."javascript:alert(1)|java&#10;script:|&#x6A;avascript:|https://e.example/|cid:x|data:image/png;base64,AA==".split(
    "|",
  ),
  ...'<img src=x onerror=alert(1)>| onerror=alert(1) | style="|color:red|background:url(//e)|expression(1)'.split("|"),
  "\u0000",
  "\u2028",
];
const TAGS = new Set(
  "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split(
    " ",
  ),
);
const ATTRIBUTES =
  /^(?:style|dir|lang|title|align|valign|bgcolor|width|height|href|rel|target|src|alt|border|color|face|size|cellpadding|cellspacing|summary|colspan|rowspan|nowrap|scope|start|type|datetime)$/;
const COUNT = 6_000;

function faults(node: DefaultTreeAdapterTypes.Node): string[] {
  if (node.nodeName === "#comment") return ["a comment"];
  const own =
    "tagName" in node
      ? [
          ...(TAGS.has(node.tagName) ? [] : [`<${node.tagName}>`]),
          ...node.attrs
            .filter(
              ({ name, value }) =>
                !ATTRIBUTES.test(name) ||
                (name === "href" && !/^(?:https?:\/\/|mailto:|tel:)/i.test(value)) ||
                (name === "src" && !/^(?:cid:|data:image\/(?:png|jpe?g|gif|webp|bmp);base64,)/i.test(value)) ||
                (name === "style" && /url|expression|@|\\|\/\*/i.test(value)),
            )
            .map(({ name, value }) => `${name}=${value}`),
        ]
      : [];
  return [...own, ...("childNodes" in node ? node.childNodes.flatMap(faults) : [])];
}

/** As a browser builds it (the parser of WHATWG), within an element and as a page of its own. */
function shownFaults(html: string): string[] {
  const page = parse(`<!doctype html><body>${html}`);
  const root = page.childNodes.find(({ nodeName }) => nodeName === "html") as DefaultTreeAdapterTypes.Element;
  const body = root.childNodes.find(({ nodeName }) => nodeName === "body") as DefaultTreeAdapterTypes.Element;
  return [...parseFragment(html).childNodes, ...body.childNodes].flatMap(faults);
}

describe("HTML made of what parsers disagree on, read as a browser reads it", () => {
  it(`holds nothing but what is allowed, in ${COUNT} mixtures`, { timeout: 60_000 }, async () => {
    const random = dice(4);
    for (let count = 0; count < COUNT; count += 1) {
      const hostile = Array.from({ length: 2 + random(14) }, () => PIECES[random(PIECES.length)]).join("");
      const { html } = await safeHtml(hostile);
      expect(shownFaults(html), hostile).toEqual([]);
    }
  });

  it("would tell what is not allowed", () => {
    expect(shownFaults(`<p onclick="x"><a href="javascript:x">a</a><svg></svg></p><!-- c -->`)).toEqual(
      expect.arrayContaining(["onclick=x", "href=javascript:x", "<svg>", "a comment"]),
    );
  });
});
