/** Prints what a program measures when it runs twice at once, the slower of both: `pair.ts COMMAND ARGUMENTS…`. */
import { measure } from "./measure.ts";

const program = { command: process.argv.slice(2) };
console.log(Math.max(...(await Promise.all([measure(program), measure(program)]))));
