import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";
import { pages, root } from "./blocks.js";

interface Link {
  page: string;
  to: string;
  /** The file, from the root of the project. */
  file: string;
  anchor: string | undefined;
}

function linksOf(page: string): Link[] {
  const text = readFileSync(join(root, page), "utf8").replace(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = ""]) => to)
    .filter((to) => !/^[a-z]+:/i.test(to))
    .map((to) => {
      const [path = "", anchor] = to.split("#");
      return { page, to, file: path === "" ? page : normalize(join(dirname(page), path)).replace(/\/$/, ""), anchor };
    });
}

/** The names that a heading is reached by, as GitHub and npm make them. */
function anchorsOf(file: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of readFileSync(join(root, file), "utf8").matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const name = words.replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/ /g, "-");
    let free = name;
    for (let n = 1; anchors.has(free); n++) free = `${name}-${n}`;
    anchors.add(free);
  }
  return anchors;
}

const all = [...pages(), "bench/README.md"].flatMap(linksOf);
const shown = ({ page, to }: Link) => `${page} -> ${to}`;

it("every link of a page leads to a file of the project", () => {
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(({ file }) => !existsSync(join(root, file))).map(shown)).toEqual([]);
});

it("every link to a part of a page leads to a heading of it", () => {
  const parts = all.filter(({ file, anchor }) => anchor !== undefined && file.endsWith(".md"));
  expect(parts).not.toEqual([]);
  expect(parts.filter(({ file, anchor }) => !anchorsOf(file).has(anchor ?? "")).map(shown)).toEqual([]);
});

it("who has the package alone finds what its pages link to", () => {
  // Without its scripts: what is built is not linked to.
  const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
  });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  const there = (file: string) => paths.some((path) => path === file || path.startsWith(`${file}/`));
  const missing = all
    .filter(({ page }) => there(page))
    // The two tables say where the code and the tests are, which are in the sources and not in the package.
    .filter(({ file }) => !/^(?:src|test)(?:\/|$)/.test(file))
    .filter(({ file }) => !there(file));
  expect(missing.map(shown)).toEqual([]);
});
