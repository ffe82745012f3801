/** Prints the milliseconds of a step: `ours.ts MODEL BACKEND traced|compiled STEPS REPLICAS`. */
import { launch } from "@acc/core";

const [model, backend, mode, steps, replicas] = process.argv.slice(2);
const times = await launch<number>(new URL("./replica.ts", import.meta.url), {
  numProcesses: Number(replicas),
  args: [model, backend, mode === "compiled", Number(steps)],
});
console.log(Math.max(...times));
