/** Prints the milliseconds of a step when two processes train one replica each, alone: arguments of `ours.ts`. */
import { measure } from "../contest.ts";

const contender = { script: new URL("./ours.ts", import.meta.url), args: process.argv.slice(2) };
console.log(Math.max(...(await Promise.all([measure(contender), measure(contender)]))));
