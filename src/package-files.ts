import { existsSync } from "node:fs";
// Not by its name: webpack takes a `createRequire` that is imported so for its own, and then finds no file.
import nodeModule from "node:module";
import { fileURLToPath } from "node:url";

/** Where this code is. Where a bundler made CommonJS of the package it is empty (esbuild), or where the sources were when it did (webpack). */
const here: string | undefined = import.meta.url || undefined;

/**
 * The path of what the package brings beside its code: in the sources, in `dist/`, or one folder up of a bundle within it (the command). Undefined where
 * none of the names is there, as in what a bundler made one file of.
 */
export function packageFile(...names: readonly string[]): string | undefined {
  if (here === undefined) return undefined;
  return names
    .flatMap((name) => [`./${name}`, `../${name}`])
    .map((path) => fileURLToPath(new URL(path, here)))
    .find((path) => existsSync(path));
}

/**
 * The path of a file of a package that ours depends on, found from our code; where a bundler left no address of it, or one of another machine, from the
 * program.
 *
 * @throws what `require.resolve` throws where it is not installed
 */
export function dependencyFile(specifier: string): string {
  const program = process.argv[1] ?? "";
  try {
    return nodeModule.createRequire(here ?? program).resolve(specifier);
  } catch {
    return nodeModule.createRequire(program).resolve(specifier);
  }
}
