/**
 * Preload that lets a Node.js without built-in type stripping (20 and early 22) run TypeScript, in every
 * thread: `node --import @acc/core/register-ts train.ts`. It erases types exactly as newer Node.js does.
 */
import { readFileSync } from "node:fs";
import Module, { createRequire, register } from "node:module";

if (!process.features.typescript) {
  register("./type-stripping.mjs", import.meta.url);
  // CommonJS is loaded in this thread, not by the hook.
  Module._extensions[".cts"] = (module, filename) => {
    const { eraseTypes } = createRequire(import.meta.url)("./erase-types.mjs"); // only where it is needed: it is large
    module._compile(eraseTypes(readFileSync(filename, "utf8"), filename), filename);
  };
}
