/** Prints the milliseconds of a step of ours: `ours.ts MODEL STEPS REPLICAS BACKEND`. */
import { launch } from "../../src/index.ts";

const [model, steps, replicas, backend] = process.argv.slice(2);
const times = await launch<number>(new URL("./replica.ts", import.meta.url), {
  numProcesses: Number(replicas),
  args: [model, Number(steps), backend],
});
console.log(Math.max(...times));
