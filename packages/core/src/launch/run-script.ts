import { spawnSync } from "node:child_process";
import Module from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AcceleratorError } from "../errors.ts";

/** What a training script exports. */
export type TrainingScript = { readonly default?: unknown };

/** Runs the training script as `node SCRIPT` runs it. Resolves once its top level has run. */
export async function runScript(scriptUrl: string): Promise<TrainingScript> {
  const path = fileURLToPath(scriptUrl);
  if (/\.[cm]?ts$/.test(path)) await import(REGISTER_TS);
  // As the main module: `require.main === module` and `import.meta.main` must hold. A Node.js without type stripping
  // needs our loader hook, which does not see main modules; such a Node.js has no `import.meta.main` either.
  const isHooked =
    /\.m?ts$/.test(path) && !("typescript" in process.features && process.features.typescript);
  if (!isHooked && pathToFileURL(path).href === scriptUrl) runMain(path);
  return await import(scriptUrl); // the same module: this waits for it
}

/** The function that Node.js calls with the script of its command line. It is not documented and has no types. */
const { runMain } = Module as unknown as { runMain(path: string): void };

/**
 * The error to report when a script could not start: `SCRIPT_INVALID` with the place for a syntax error, any other
 * error unchanged.
 */
export function toStartError(error: unknown, scriptUrl: string): unknown {
  if (!(error instanceof Error) || error.name !== "SyntaxError") return error;
  const [, frame = ""] = error.stack?.split(/^ {4}at /m) ?? [];
  if (!PARSER_FRAME.test(frame)) return error; // thrown by `JSON.parse` or similar code
  const path = fileURLToPath(scriptUrl);
  return new AcceleratorError(
    "SCRIPT_INVALID",
    `The training script ${path}, or a module it imports, cannot be parsed: ${error.message}${placeOf(path)}`,
    { cause: error },
  );
}

const PARSER_FRAME = /node:internal|erase-types/;

/** The place of a syntax error in a file. Node.js prints it to the terminal only. */
function placeOf(path: string): string {
  const { stderr } = spawnSync(process.execPath, ["--check", path], {
    encoding: "utf8",
    timeout: CHECK_TIMEOUT_MS,
  });
  const [place = ""] = stderr?.split("\n", 1) ?? [];
  return /:\d+$/.test(place) ? ` (${place})` : "";
}

const CHECK_TIMEOUT_MS = 5000;

// Same relative place from src/launch and from dist/launch; plain JavaScript, so it is not built.
const REGISTER_TS = new URL("../../src/register-ts.mjs", import.meta.url).href;
