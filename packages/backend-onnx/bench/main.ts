/**
 * Measures training on the onnx backend beside PyTorch, TensorFlow.js as shipped and jax-js, with one thread per
 * replica: `npm run bench:peers [-- --json FILE] [--rounds N] [MODEL|checkpoint|packages|mpi]`. Rows are those of `npm run bench`. "mpi" is an all-reduce over a wire of limited speed. "packages" are programs of others, beside
 * TensorFlow.js on cpu and on wasm. With `--compare REVISION` the same bench of another revision runs in turns with this one.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { compareRevisions } from "@acc/test-kit/bench/compare-revisions";
import { formatRow, type Row } from "@acc/test-kit/bench/row";
import { writeRows } from "@acc/test-kit/bench/write-rows";
import { jaxJsEntry } from "@acc/test-kit/peers/jax-js";
import { torchPython } from "@acc/test-kit/peers/torch";
import { benchWire } from "../../mpi/bench/bench-wire.ts";
import { benchAllReduce } from "./all-reduce.ts";
import { benchModel } from "./bench-model.ts";
import { benchCheckpoint } from "./checkpoint.ts";
import { MODEL_NAMES } from "./models.ts";
import { benchPackages } from "./packages/bench-packages.ts";

const { values, positionals } = parseArgs({
  options: {
    json: { type: "string" },
    compare: { type: "string" },
    rounds: { type: "string", default: "5" },
  },
  allowPositionals: true,
});
const [pattern = ""] = positionals;
const rounds = Number(values.rounds);
console.log(`${cpus()[0]?.model}, 1 thread per replica, Node.js ${process.versions.node}`);
if (values.compare === undefined) await measureAll();
else {
  await compareRevisions({
    ...{ revision: values.compare, rounds, script: "packages/backend-onnx/bench/main.ts" },
    args: ["--rounds", "1", ...positionals],
  });
}

async function measureAll(): Promise<void> {
  const peers = { python: torchPython(), jaxJs: jaxJsEntry() };
  const absent = [...(peers.python ? [] : ["PyTorch"]), ...(peers.jaxJs ? [] : ["jax-js"])];
  console.log(`absent peers: ${absent.join(", ") || "none"}\n`);
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    console.log(formatRow(row));
  };
  for (const model of MODEL_NAMES) {
    if (!model.includes(pattern)) continue;
    for (const row of await benchModel(model, peers, rounds)) add(row);
    if (model === "mlp") add(await benchAllReduce(model, rounds));
  }
  if ("checkpoint".includes(pattern)) {
    for (const row of await benchCheckpoint(peers.python, rounds)) add(row);
  }
  if ("packages".includes(pattern)) for await (const row of benchPackages(rounds)) add(row);
  if ("mpi".includes(pattern)) for (const row of benchWire()) add(row);
  writeRows(rows, values.json);
}
