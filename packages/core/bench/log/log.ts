/** Prints the microseconds per call of `accelerator.log`. `log.ts TRACKERS` */
import { launch } from "../../src/index.ts";

const script = new URL("./log-in-replica.ts", import.meta.url);
const args = [Number(process.argv[2])];
console.log((await launch<number>(script, { numProcesses: 1, args }))[0]);
