import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { resolvePackage } from "../../resolve-package.ts";

/** The field `acc` in the `package.json` of a tracker: known without loading the tracker. */
export type TrackerManifest = { readonly requiresLoggingDirectory?: boolean };

/** The manifest of an installed package; empty if it has none. */
export function readTrackerManifest(
  packageName: string,
  scriptUrl: string | undefined,
): TrackerManifest {
  try {
    const url = resolvePackage(`${packageName}/package.json`, scriptUrl);
    if (url === undefined) return {};
    const content = JSON.parse(readFileSync(fileURLToPath(url), "utf8")) as Package;
    return content.acc?.tracker ?? {};
  } catch {
    return {}; // its package.json may not be exported: the tracker is then checked when it is loaded
  }
}

type Package = { readonly acc?: { readonly tracker?: TrackerManifest } };
