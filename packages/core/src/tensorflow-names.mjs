/**
 * Imports of the TensorFlow.js packages on Node.js 20, where a start cache is asked for. Each is one large CommonJS file. For
 * `import` Node.js reads it four times to find out what it is and which names it exports: 0.1 s of processor time in
 * every thread for `tfjs-core` alone, five times what `require` takes. With the names kept, `import` costs as little.
 */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cached, isCaching } from "./start-cache.mjs";

const PACKAGE = /^@tensorflow\/tfjs(-[a-z]+)*$/;
const FILE = /\/node_modules\/@tensorflow\/tfjs[a-z-]*\/dist\/[a-z.-]+\.node\.js$/;

/** Where the package is, or `undefined` for everything that Node.js must find itself. */
export function resolveTensorFlow(specifier, parentUrl) {
  if (!isCaching || !parentUrl?.startsWith("file:") || !PACKAGE.test(specifier)) return undefined;
  try {
    const { href: url } = pathToFileURL(createRequire(parentUrl).resolve(specifier));
    return FILE.test(url) ? { url, format: "commonjs", shortCircuit: true } : undefined;
  } catch {
    return undefined; // Node.js tells what is missing
  }
}

/** An ES module with the names of the package, or `undefined` for another file. */
export function loadTensorFlow(url) {
  if (!isCaching || !FILE.test(url)) return undefined;
  const path = fileURLToPath(url);
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return undefined; // Node.js tells what is missing
  const key = JSON.stringify([path, file.size, file.mtimeMs]);
  return {
    format: "module",
    source: cached("tensorflow-names-1", key, () => moduleOf(path)),
    shortCircuit: true,
  };
}

function moduleOf(path) {
  const names = Object.getOwnPropertyNames(createRequire(import.meta.url)(path));
  const named = names.filter((name) => name !== "default");
  return `import { createRequire } from "node:module";
const all = createRequire(import.meta.url)(${JSON.stringify(path)});
export default all;
const { ${named.map((name, index) => `${name}: _${index}`).join(", ")} } = all;
export { ${named.map((name, index) => `_${index} as ${name}`).join(", ")} };
`;
}
