import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where packages are looked for: beside this one, then in the working directory. */
export const PLACES: readonly string[] = [
  import.meta.url,
  pathToFileURL(join(process.cwd(), "index.js")).href,
];

/** A native ONNX Runtime library found on this machine. */
export type LocatedLibrary = {
  readonly path: string;
  readonly version: string;
  /** Directory of `onnxruntime-node`, if the library came with it: its binding may be used as well. */
  readonly stockPackage?: string;
};

/** A library, or why there is none. */
export type LibrarySearch = {
  readonly libraries: readonly LocatedLibrary[];
  /** Why each library that was found cannot be used. */
  readonly faults: readonly string[];
};

/** The release of `onnxruntime-node` whose internals this package knows. */
export const STOCK_VERSION = "1.30";

const STOCK_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libonnxruntime.so.1"],
  darwin: ["libonnxruntime.1.dylib", "libonnxruntime.1.30.0.dylib"],
  win32: ["onnxruntime.dll"],
};

type Manifest = { readonly version: string; readonly library?: string };

/**
 * Looks for a native library: the one of `@acc/ort-<platform>-<arch>`, whose manifest names it as
 * `library`, then the one of `onnxruntime-node`.
 *
 * @param from file URLs or paths that packages are resolved from, in order.
 */
export function locateLibraries(from: readonly string[]): LibrarySearch {
  const libraries: LocatedLibrary[] = [];
  const faults: string[] = [];
  const slim = `@acc/ort-${process.platform}-${process.arch}`;
  const slimRoot = packageDirectory(slim, from);
  if (slimRoot !== undefined) {
    const { version, library = "" } = manifestOf(slimRoot);
    const path = join(slimRoot, library);
    if (library !== "" && existsSync(path)) libraries.push({ path, version });
    else
      faults.push(`${slim} ${version} is in ${slimRoot}, but its library "${library}" is missing`);
  }
  const stockRoot = packageDirectory("onnxruntime-node", from);
  if (stockRoot === undefined) faults.push("onnxruntime-node is not installed");
  else {
    const { version } = manifestOf(stockRoot);
    const path = stockLibrary(stockRoot);
    if (!version.startsWith(`${STOCK_VERSION}.`)) {
      faults.push(`onnxruntime-node is ${version}, and ${STOCK_VERSION} is needed`);
    } else if (path === undefined) {
      faults.push(
        `onnxruntime-node ${version} has no library for ${process.platform} ${process.arch}`,
      );
    } else libraries.push({ path, version, stockPackage: stockRoot });
  }
  return { libraries, faults };
}

/** Loads a CommonJS module of a package that can be found from one of the places. */
export function requireFrom(specifier: string, from: readonly string[]): unknown {
  for (const place of from) {
    const require = createRequire(place);
    try {
      require.resolve(specifier);
    } catch {
      continue;
    }
    return require(specifier);
  }
  throw new Error(`${specifier} is not installed`);
}

function stockLibrary(root: string): string | undefined {
  const folder = join(root, "bin", "napi-v6", process.platform, process.arch);
  const names = STOCK_LIBRARIES[process.platform] ?? [];
  return names.map((name) => join(folder, name)).find((path) => existsSync(path));
}

function packageDirectory(name: string, from: readonly string[]): string | undefined {
  for (const place of from) {
    const folders = createRequire(place).resolve.paths(name) ?? [];
    const root = folders
      .map((folder) => join(folder, name))
      .find((path) => existsSync(join(path, "package.json")));
    // Its dependencies are beside the real directory, not beside a link to it.
    if (root !== undefined) return realpathSync(root);
  }
  return undefined;
}

function manifestOf(root: string): Manifest {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
}
