/** Prints what a program measures when it runs twice at once, alone: `pair.ts SCRIPT ARGUMENTS…`. */
import { pathToFileURL } from "node:url";
import { measure } from "./contest.ts";

const [script = "", ...args] = process.argv.slice(2);
const contender = { script: pathToFileURL(script), args };
console.log(Math.max(...(await Promise.all([measure(contender), measure(contender)]))));
