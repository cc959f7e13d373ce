import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { MedimailError } from "../errors.js";
import type { ControlFile } from "../mock/index.js";
import { packageFile } from "../package-files.js";
import { HTML_STYLESHEET } from "../rendering/index.js";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/**
 * What the page may do: its own scripts and style, its own API, images that are in it, and the style of rendered documents, known by its hash. Markup goes
 * to the browser by one named policy alone, which puts documents into a frame without scripts.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' 'sha256-${createHash("sha256").update(HTML_STYLESHEET).digest("base64")}'`,
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types medimail-document",
].join("; ");

/** The files of the page by path. Throws `mock_failed` where the package lacks them. */
export async function consoleFiles(): Promise<ReadonlyMap<string, ControlFile>> {
  const folder = pageFolder();
  const names = (await readdir(folder)).filter((name) => TYPES[extname(name)] !== undefined);
  const files = await Promise.all(
    names.map(async (name): Promise<[string, ControlFile]> => {
      const type = TYPES[extname(name)] ?? "";
      const bytes = await readFile(join(folder, name));
      const headers = extname(name) === ".html" ? { "content-security-policy": POLICY } : {};
      return [name === "index.html" ? "/" : `/${name}`, { type, bytes, headers }];
    }),
  );
  return new Map(files);
}

/** In the sources it is in this room; in the package, beside the bundles. */
function pageFolder(): string {
  const page = packageFile("console/page/index.html", "console-page/index.html");
  if (page !== undefined) return dirname(page);
  throw new MedimailError("mock_failed", "The files of the mock's page are not where the package has them", {
    hint: "Start it with --no-console.",
  });
}
