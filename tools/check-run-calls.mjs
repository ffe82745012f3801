/** Fails if a test file never calls `.run()`: uvu would pass it silently. */
import { readFileSync } from "node:fs";
import { SUFFIXES, testFiles } from "./test-files.mjs";

const files = Object.values(SUFFIXES).flatMap((suffix) => testFiles("", suffix));
const silent = files.filter((file) => !readFileSync(file, "utf8").includes(".run()"));
for (const file of silent) console.error(`${file} never calls .run(): uvu skips it silently.`);
if (silent.length > 0) process.exit(1);
