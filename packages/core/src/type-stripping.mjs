/**
 * Module loader hook: a `.ts` or `.mts` file outside `node_modules` is an ES module with its types erased, a `.cts`
 * file is left to the loader of CommonJS.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { eraseTypes } from "./erase-types.mjs";
import { resolveRelative } from "./relative-modules.mjs";
import { loadTensorFlow, resolveTensorFlow } from "./tensorflow-names.mjs";

const TYPESCRIPT_FILE = /^file:(?!.*\/node_modules\/).*\.([cm]?)ts$/;

/** @type {import("node:module").ResolveHook} */
export async function resolve(specifier, context, nextResolve) {
  const { parentURL } = context;
  return (
    resolveRelative(specifier, parentURL) ??
    resolveTensorFlow(specifier, parentURL) ??
    nextResolve(specifier, context)
  );
}

/**
 * Files are read at once: this thread has nothing else to do meanwhile, and a promise costs three times the processor time.
 * @type {import("node:module").LoadHook}
 */
export async function load(url, context, nextLoad) {
  const [address] = url.split(/[?#]/, 1);
  const [match, kind] = TYPESCRIPT_FILE.exec(address) ?? [];
  if (kind === "c") return { format: "commonjs", source: null, shortCircuit: true };
  if (match !== undefined) {
    const filename = fileURLToPath(address);
    const source = eraseTypes(readFileSync(filename, "utf8"), filename);
    return { format: "module", source, shortCircuit: true };
  }
  const names = loadTensorFlow(url);
  if (names !== undefined) return names;
  if (context.format !== "module" || !address.startsWith("file:")) return nextLoad(url, context);
  // Node.js, and hooks of others, take the source that they are given.
  return nextLoad(url, { ...context, source: readFileSync(fileURLToPath(address)) });
}
