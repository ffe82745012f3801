/** On every rank: times all-reduces over hosts. The first rank prints the median in ms. */
import { median } from "@acc/test-kit/bench/row";
import { replicaContext } from "../../core/src/context/replica-context.ts";

const [bytes = "0", rounds = "7"] = process.argv.slice(2);
const WARM_UP = 2;
const { collective } = replicaContext();
const bucket = collective.allocate(Number(bytes) / Float32Array.BYTES_PER_ELEMENT);
const times: number[] = [];
for (let round = -WARM_UP; round < Number(rounds); round++) {
  bucket.fill(1);
  collective.barrier();
  const started = performance.now();
  collective.allReduce(bucket, "mean");
  if (round >= 0) times.push(performance.now() - started);
}
if (collective.rank === 0) console.log(`median ${median(times)} ms`);
