import { existsSync } from "node:fs";
import type { LoadHook, ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";

/** Where tfjs' unbundled modules lie; its tests import them, and know nothing of the bundle. */
const TFJS_CORE = /\/@tensorflow\/tfjs-core\/dist\//;
const BUNDLE = /\/tf-core\.[^/]*$/;

/**
 * Module hooks for the unbundled modules of tfjs-core: they are ES modules, but neither their package nor
 * their imports without extensions say so. What imports the package by its name gets the same modules.
 */
export const resolve: ResolveHook = async (specifier, context, next) => {
  if (TFJS_CORE.test(context.parentURL ?? "") && specifier.startsWith(".")) {
    const base = new URL(specifier, context.parentURL).href;
    const found = [base, `${base}.js`, `${base}/index.js`].find(
      (url) => /\.js$/.test(url) && existsSync(fileURLToPath(url)),
    );
    if (found) return { url: found, format: "module", shortCircuit: true };
  }
  const resolved = await next(specifier, context);
  if (specifier === "seedrandom") {
    const source = `import all from "${resolved.url}"; export const alea = all.alea;`;
    return { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true };
  }
  if (!TFJS_CORE.test(resolved.url) || !BUNDLE.test(resolved.url)) return resolved;
  return { ...resolved, url: resolved.url.replace(BUNDLE, "/index.js"), format: "module" };
};

export const load: LoadHook = (url, context, next) =>
  next(url, TFJS_CORE.test(url) && !BUNDLE.test(url) ? { ...context, format: "module" } : context);
