import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * URL of a package that the training script can import, or that the working directory can: this package
 * itself need not see it, as in pnpm's strict layout. Undefined if it is not installed.
 */
export function resolvePackage(
  specifier: string,
  scriptUrl: string | undefined,
): string | undefined {
  const here = pathToFileURL(join(process.cwd(), "index.js")).href;
  for (const from of [scriptUrl, here]) {
    if (from === undefined) continue;
    try {
      return pathToFileURL(createRequire(from).resolve(specifier)).href;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return undefined;
}
