/** Prints the microseconds per call of `accelerator.log`. */
import { launch } from "../../src/index.ts";

const script = new URL("./log-in-replica.ts", import.meta.url);
console.log((await launch<number>(script, { numProcesses: 1 }))[0]);
