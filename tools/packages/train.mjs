/** Trains in a project in every way that the README shows. */
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { runInProject } from "./project.mjs";

const LAUNCH = ["npx", "acc", "launch", "--num-processes", "2", "train.ts"];
const PRELOADED = ["node", "--import", "@acc/core/register-ts", "train.ts"];
const PLAIN = ["node", "train.ts"];

/** @param nodeFolder of Node.js 24, which also runs TypeScript without help. */
export async function trainEveryWay(project, nodeFolder) {
  await train(project, LAUNCH, 2, nodeFolder);
  await train(project, PRELOADED, 1, nodeFolder);
  if (nodeFolder) await train(project, PLAIN, 1, nodeFolder);
}

/** @throws {Error} unless the run ends well, prints its result once and leaves an event file. */
async function train(project, command, replicas, nodeFolder) {
  const runs = join(project, "runs");
  rmSync(runs, { recursive: true, force: true });
  mkdirSync(runs);
  const output = await runInProject(project, command, { nodeFolder });
  const losses = output.match(/^epoch 5: loss \d+\.\d+$/gm) ?? [];
  const events = readdirSync(runs, { recursive: true }).filter((path) => path.includes("tfevents"));
  const faults = [
    losses.length === 1 ? "" : "it must print the loss of epoch 5 once",
    output.includes(`replicas: ${replicas}\n`) ? "" : `it must run ${replicas} replicas`,
    events.some((path) => statSync(join(runs, path)).size > 1000) ? "" : "no events were written",
  ].filter(Boolean);
  if (faults.length === 0) return;
  throw new Error(`${command.join(" ")} in ${project}: ${faults.join("; ")}:\n${output}`);
}
