/** How long a script waits for `import("@acc/core")`. */
import { runInProject } from "./project.mjs";

const RUNS = 10;
/** On a busy machine more processes are needed until one is undisturbed. */
const MOST_RUNS = 120;

/** Milliseconds beyond the start of Node.js itself, over fresh processes: until one is below the limit. */
export async function importTime(project, { nodeFolder, limitMs }) {
  const started = [];
  const imported = [];
  const minimum = () => Math.min(...imported) - Math.min(...started);
  while (imported.length < RUNS || (minimum() >= limitMs && imported.length < MOST_RUNS)) {
    started.push(await runtime(project, "", nodeFolder));
    imported.push(await runtime(project, 'await import("@acc/core")', nodeFolder));
  }
  return { minimum: minimum(), median: median(imported) - median(started) };
}

async function runtime(project, code, nodeFolder) {
  const began = performance.now();
  await runInProject(project, ["node", "--input-type=module", "-e", code], { nodeFolder });
  return performance.now() - began;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
