import { safePath } from "@acc/tracker-kit";

/** Names of the files that a run keeps of itself. */
const OWN = new Set(["config.yaml", "swanlab-metadata.json", "requirements.txt", "conda.yaml"]);

/**
 * The name of an artifact's file among the files of a run, with `/`; it stays below their folder.
 *
 * @param below path within a folder; empty for an artifact that is a file.
 */
export function runFileName(artifact: string, below: string): string {
  const name = safePath(below === "" ? artifact : `${artifact}/${below}`);
  return OWN.has(name) ? `${name}_` : name;
}
