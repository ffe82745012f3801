import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER, runInScratch } from "./run-in-scratch.ts";

const test = suite("documentation");
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Inside the package, so that its imports resolve as a user's would. */
const SCRATCH = join(FOLDER, ".docs");
/** What the shell blocks may say: each is run by the checks of the repository or by a test beside this one. */
const COMMANDS = [
  /^npm run (demo|setup|check|check:packages|format|test:node24|test:peers|bench)\b/,
  /^npm install @acc\/core( @acc\/(tracker-[\w-]+|tracker-kit|backend-onnx))*( onnxruntime-node@1\.30)? @tensorflow\/tfjs$/,
  /^npm test\b/,
  /^npm run test:only -- collective\b/,
  /^npx acc launch --num-processes 2 (train|quick-start)\.ts\b/,
  /^npx acc sync( --?\w+| \w+)*( +#.*)?$/,
  /^node --import @acc\/core\/register-ts train\.ts\b/,
];

type Block = { file: string; index: number; language: string; code: string };

function blocksOf(file: string): Block[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", code = ""], index) => ({
      ...{ file, index, language, code },
    }),
  );
}

const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".md") && !/node_modules|fixtures/.test(path),
);
const blocks = files.flatMap(blocksOf);

for (const { file, index, code } of blocks.filter(({ language }) => language === "ts")) {
  test(`block ${index + 1} of ${file} runs on two replicas and on one`, async () => {
    mkdirSync(SCRATCH, { recursive: true });
    const script = join(SCRATCH, `${file.replaceAll(/\W/g, "-")}-${index}.ts`);
    writeFileSync(script, code);
    for (const numProcesses of [2, undefined]) {
      const { code: exit, output } = await runInScratch(relative(FOLDER, script), numProcesses);
      assert.is(exit, 0, output);
    }
    rmSync(SCRATCH, { recursive: true });
  });
}

test("shell blocks hold only commands that are run elsewhere", () => {
  const lines = blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ file, code }) =>
      code
        .trim()
        .split("\n")
        .map((line) => ({ file, line })),
    );
  assert.ok(lines.length > 0);
  for (const { file, line } of lines) {
    assert.ok(
      COMMANDS.some((command) => command.test(line)),
      `${file}: ${line}`,
    );
  }
});

test("every error code has a line in docs/errors.md, and nothing else has", () => {
  const source = readFileSync(join(ROOT, "packages/core/src/errors.ts"), "utf8");
  const codes = [...source.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map(([, code]) => code);
  const documented = [
    ...readFileSync(join(ROOT, "docs/errors.md"), "utf8").matchAll(/^\| `([A-Z_]+)`/gm),
  ].map(([, code]) => code);
  assert.ok(codes.length > 20);
  assert.equal(documented.sort(), codes.sort());
});

test("the quick start of the README is the example quick-start.ts", () => {
  const shown = blocks.find(({ file, language }) => file === "README.md" && language === "ts");
  assert.is(shown?.code, readFileSync(join(FOLDER, "quick-start.ts"), "utf8"));
});

test.run();
