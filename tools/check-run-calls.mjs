/** Fails if a test file never calls `.run()`: uvu would pass it silently. */
import { readFileSync } from "node:fs";
import { testFiles } from "./test-files.mjs";

const files = [...testFiles(), ...testFiles("", ".peer-test.ts")];
const silent = files.filter((file) => !readFileSync(file, "utf8").includes(".run()"));
for (const file of silent) console.error(`${file} never calls .run(): uvu skips it silently.`);
if (silent.length > 0) process.exit(1);
