/**
 * Module loader hook: a `.ts` or `.mts` file outside `node_modules` is an ES module with its types erased, a `.cts`
 * file is left to the loader of CommonJS.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { eraseTypes } from "./erase-types.mjs";
import { loadTensorFlow, resolveTensorFlow } from "./tensorflow-names.mjs";

const TYPESCRIPT_FILE = /^file:(?!.*\/node_modules\/).*\.([cm]?)ts$/;

/** @type {import("node:module").ResolveHook} */
export async function resolve(specifier, context, nextResolve) {
  return resolveTensorFlow(specifier, context.parentURL) ?? nextResolve(specifier, context);
}

/** @type {import("node:module").LoadHook} */
export async function load(url, context, nextLoad) {
  const [address] = url.split(/[?#]/, 1);
  const [match, kind] = TYPESCRIPT_FILE.exec(address) ?? [];
  if (match === undefined) return loadTensorFlow(url) ?? nextLoad(url, context);
  if (kind === "c") return { format: "commonjs", source: null, shortCircuit: true };
  const filename = fileURLToPath(address);
  // In this thread there is nothing else to do meanwhile, and a promise costs three times the processor time.
  const source = readFileSync(filename, "utf8");
  return { format: "module", source: eraseTypes(source, filename), shortCircuit: true };
}
