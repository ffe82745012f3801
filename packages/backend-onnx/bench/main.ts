/**
 * Measures training on the onnx backend beside PyTorch, TensorFlow.js as shipped and jax-js, with one thread per
 * replica: `npm run bench:peers [-- --json FILE] [--rounds N] [MODEL]`. Rows are those of `npm run bench`.
 */
import { renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { jaxJsEntry } from "../../../tools/peers/jax-js.mjs";
import { torchPython } from "../../../tools/peers/torch/install.mjs";
import { formatRow, type Row } from "../../core/bench/row.ts";
import { benchAllReduce } from "./all-reduce.ts";
import { benchModel } from "./bench-model.ts";
import { MODEL_NAMES } from "./models.ts";

const { values, positionals } = parseArgs({
  options: { json: { type: "string" }, rounds: { type: "string", default: "5" } },
  allowPositionals: true,
});
const [pattern = ""] = positionals;
const peers = { python: torchPython(), jaxJs: jaxJsEntry() };
const absent = [...(peers.python ? [] : ["PyTorch"]), ...(peers.jaxJs ? [] : ["jax-js"])];
console.log(`${cpus()[0]?.model}, 1 thread per replica, Node.js ${process.versions.node}`);
console.log(`absent peers: ${absent.join(", ") || "none"}\n`);
const rows: Row[] = [];
const rounds = Number(values.rounds);
for (const model of MODEL_NAMES) {
  if (!model.includes(pattern)) continue;
  const measured = await benchModel(model, peers, rounds);
  if (model === "mlp") measured.push(await benchAllReduce(model, rounds));
  for (const row of measured) {
    rows.push(row);
    console.log(formatRow(row));
  }
}
if (values.json !== undefined) {
  writeFileSync(`${values.json}.tmp`, `${JSON.stringify(rows, undefined, 2)}\n`);
  renameSync(`${values.json}.tmp`, values.json);
}
