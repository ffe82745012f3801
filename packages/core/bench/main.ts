/**
 * Measures us beside what people use now: `npm run bench [-- --json FILE] [BENCH [MODEL]]`. Every line is a median, with
 * the peer's median of the same run and the ratio of both; above 1, ours is better. With `--compare REVISION [--rounds N]`
 * the same bench of another revision runs in turns with this one.
 */
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { compareRevisions } from "@acc/test-kit/bench/compare-revisions";
import { formatRow, type Row } from "@acc/test-kit/bench/row";
import { writeRows } from "@acc/test-kit/bench/write-rows";
import { benchAllReduce } from "./all-reduce/bench.ts";
import { benchCheckpoint } from "./checkpoint/bench.ts";
import { benchDelivery } from "./delivery/bench.ts";
import { benchLaunch } from "./launch/bench.ts";
import { benchLog } from "./log/bench.ts";
import { benchTraining } from "./training/bench.ts";

const BENCHES: Readonly<Record<string, (model: string) => AsyncGenerator<Row>>> = {
  "all-reduce": benchAllReduce,
  training: benchTraining,
  log: benchLog,
  delivery: benchDelivery,
  launch: benchLaunch,
  checkpoint: benchCheckpoint,
};

const { values, positionals } = parseArgs({
  options: {
    json: { type: "string" },
    compare: { type: "string" },
    rounds: { type: "string", default: "5" },
  },
  allowPositionals: true,
});
console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, Node.js ${process.versions.node}\n`,
);
if (values.compare === undefined) await measureAll();
else {
  await compareRevisions({
    ...{ revision: values.compare, rounds: Number(values.rounds) },
    ...{ script: "packages/core/bench/main.ts", args: positionals },
  });
}

async function measureAll(): Promise<void> {
  const [pattern = "", model = ""] = positionals;
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (!name.includes(pattern)) continue;
    for await (const row of bench(model)) {
      rows.push(row);
      console.log(formatRow(row));
    }
  }
  writeRows(rows, values.json);
}
