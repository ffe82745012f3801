import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER } from "../run-in.ts";
import { blocks, checkBlocks } from "./blocks.ts";

const test = suite("documentation");
/** What the shell blocks may say: each is run by the checks of the repository or by a test beside this one. */
const COMMANDS = [
  /^npm run (demo|setup|check|check:packages|format|test:long|test:peers|bench)\b/,
  /^npm install @acc\/core( @acc\/(tracker-[\w-]+|tracker-kit|backend-onnx))*( onnxruntime-node@1\.30)? @tensorflow\/tfjs$/,
  /^npm test\b/,
  /^node tools\/with-node\.mjs 26 npm test\b/,
  /^npm run test:only -- collective\b/,
  /^npx acc launch --num-processes 2 (train|quick-start|from-accelerate\/nlp-example)\.ts\b/,
  /^npx acc sync( --?\w+| \w+)*( +#.*)?$/,
  /^npx acc runs (list|prune)( --?[\w-]+| \w+)*( +#.*)?$/,
  // These by ui/test.
  /^npm install @acc\/ui$/,
  /^npm install @acc\/figures$/,
  /^npx acc ui( --?[\w-]+| \w+)*( +#.*)?$/,
  /^npx acc runs (list|show|export)( --?[\w=,-]+| [\w.,]+| "[^"]+")*( +#.*)?$/,
  /^ssh -L 7007:127\.0\.0\.1:7007 gpu-box npx acc ui runs --no-open --port 7007 +#/, // needs another machine
  // These by mpi/test, with other hosts and scripts.
  /^npm install @acc\/mpi( +#.*)?$/,
  /^pip install mpich +#/,
  /^npx acc launch --mpi (--hosts a,b|--mpirun-hostfile hosts\.txt --num-machines 4)( --[\w-]+ \d+)* train\.ts$/,
  /^mpiexec( --?[\w-]+( [\w:,.]+){0,2})* node_modules\/\.bin\/acc launch --num-processes \d+ train\.ts$/,
  /^(sbatch slurm\.sh|kubectl apply -f kubernetes\.yaml)$/, // examples/test/cluster.test.ts; they need a cluster
  // These by core/test/cli.
  /^npx acc config( default)? +#/,
  /^npx acc launch train\.ts\b/,
  /^npx acc test --num-processes 2$/,
  /^npx acc estimate-memory (model\.json|--dtypes float32,float16 --json out)( +#.*)?$/,
  /^kill -USR2 PID +#/,
  /^node --import @acc\/core\/register-ts train\.ts\b/,
  /^node --import @acc\/backend-onnx (program|app)\.js$/, // backend-onnx/test/preload.test.ts
];

checkBlocks(test, undefined, "README"); // the long tests run the others

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

test("the quick start of the README is the example quick-start.ts", () => {
  const shown = blocks.find(({ file, language }) => file === "README.md" && language === "ts");
  assert.is(shown?.code, readFileSync(join(FOLDER, "quick-start.ts"), "utf8"));
});

test.run();
