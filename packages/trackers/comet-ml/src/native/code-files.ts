import { existsSync, readdirSync, statSync } from "node:fs";
import { extname, join, relative, resolve } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";

const SCRIPTS = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];
/** What Comet's client takes from a folder. JSON is not among them: it may hold keys. */
const OFFICIAL = [".py", ".ipynb", ".sh", ".yaml", ".yml", ".txt"];
const CODE: ReadonlySet<string> = new Set([...SCRIPTS, ...OFFICIAL]);
/** More is a mistake, such as the home folder. */
const MAX_FILES = 1000;

export type CodeFile = {
  /** As Comet shows it: relative to the working directory if it is below. */
  readonly name: string;
  readonly path: string;
};

/**
 * A file, or the code below a folder: without links, `node_modules`, and names that begin with a dot.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if there is none, or more than 1000 files.
 */
export function codeFiles(given: string): CodeFile[] {
  if (typeof given !== "string") throw invalid(`the path must be a text, got ${String(given)}`);
  const path = resolve(given);
  if (!existsSync(path)) throw invalid(`there is no file or folder at ${path}`);
  if (!statSync(path).isDirectory()) return [fileAt(path)];
  const files: CodeFile[] = [];
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const inner = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(inner);
      else if (entry.isFile() && CODE.has(extname(entry.name))) files.push(fileAt(inner));
    }
    if (files.length <= MAX_FILES) continue;
    throw invalid(`${path} holds more than ${MAX_FILES} files of code; name the folder of yours`);
  }
  if (files.length === 0) throw invalid(`${path} holds no code (${[...CODE].join(", ")})`);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fileAt(path: string): CodeFile {
  const name = relative(process.cwd(), path);
  return { name: name === "" || name.startsWith("..") ? path : name.replaceAll("\\", "/"), path };
}

function invalid(fault: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", `logCode: ${fault}.`);
}
