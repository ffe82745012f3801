import { AcceleratorError, safeText } from "@acc/core/journal";
import { type Library, type LibraryOptions, openLibrary } from "../index/library.ts";
import type { RunSummary } from "../wire/schema.ts";

/** Does something with a library in which everything was read. */
export async function withLibrary<T>(
  directory: string,
  options: LibraryOptions,
  work: (library: Library) => Promise<T>,
): Promise<T> {
  const library = await openLibrary(directory, options);
  try {
    await library.whole();
    return await work(library);
  } finally {
    await library.close();
  }
}

/**
 * The run whose id begins so.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if there is none, or several.
 */
export async function runNamed(library: Library, owner: string, id: string): Promise<RunSummary> {
  const { runs } = await library.runs();
  const found = runs.filter((run) => run.id.startsWith(id));
  const [run] = found;
  if (run && found.length === 1) return run;
  const known = (found.length > 0 ? found : runs).slice(0, 10).map((other) => other.id.slice(0, 8));
  const which =
    known.length > 0 ? `There are ${known.join(", ")}.` : "There are no runs below this folder.";
  const problem = found.length === 0 ? "no run has" : `${found.length} runs have`;
  const message = safeText(`${problem} an id that begins with "${id}". ${which}`);
  throw new AcceleratorError("OPTION_INVALID", `${owner}: ${message}`);
}
