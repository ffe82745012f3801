import { createRequire } from "node:module";
import { cached } from "./start-cache.mjs";

const require = createRequire(import.meta.url);
const { version } = require("@swc/wasm-typescript/package.json");

/** The program without its types. Erasing in place keeps every line and column, so stack traces need no source map. */
export function eraseTypes(source, filename) {
  return cached(`erased-types-${version}`, source, () => erase(source, filename));
}

function erase(source, filename) {
  const { transformSync } = require("@swc/wasm-typescript"); // only where it is needed: it is large
  try {
    return transformSync(source, { mode: "strip-only", filename }).code;
  } catch (error) {
    const reason = error?.message ?? error?.toString() ?? "it could not be parsed";
    throw new SyntaxError(`${filename}: ${reason}`);
  }
}
