/** Module loader hook: a `.ts` or `.mts` file outside `node_modules` is an ES module with its types erased. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transformSync } from "@swc/wasm-typescript";

const TYPESCRIPT_FILE = /^file:(?!.*\/node_modules\/).*\.m?ts$/;

/** @type {import("node:module").LoadHook} */
export async function load(url, context, nextLoad) {
  const [address] = url.split(/[?#]/, 1);
  if (!TYPESCRIPT_FILE.test(address)) return nextLoad(url, context);
  const filename = fileURLToPath(address);
  const source = await readFile(filename, "utf8");
  // Erasing in place keeps every line and column, so stack traces need no source map.
  return { format: "module", source: eraseTypes(source, filename), shortCircuit: true };
}

function eraseTypes(source, filename) {
  try {
    return transformSync(source, { mode: "strip-only", filename }).code;
  } catch (error) {
    const reason = error?.message ?? error?.toString() ?? "it could not be parsed";
    throw new SyntaxError(`${filename}: ${reason}`);
  }
}
