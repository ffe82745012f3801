import * as assert from "uvu/assert";
import { checkProgram } from "./check.ts";
import { CONVOLUTIONS } from "./convolutions.ts";
import { LOSSES } from "./losses.ts";
import { MERGES_OF_TENSORS } from "./merges.ts";
import { NORMALIZATIONS } from "./normalizations.ts";
import { PLAIN_LAYERS } from "./plain-layers.ts";
import { IMAGES } from "./pools.ts";
import { RECURRENT } from "./recurrent.ts";

const KINDS = [
  ...[...CONVOLUTIONS, ...IMAGES, ...RECURRENT, ...NORMALIZATIONS],
  ...[...PLAIN_LAYERS, ...MERGES_OF_TENSORS, ...LOSSES],
];

/**
 * Checks programs one after the other, of all kinds in turn. `COUNT` programs from `SEED` on; every failure is told with
 * the seed that draws it, which `SEED=… COUNT=1` repeats.
 */
export async function checkPrograms(count: number): Promise<void> {
  const first = Number(process.env.SEED ?? 1);
  const total = Number(process.env.COUNT ?? count);
  console.log(`${total} programs from seed ${first}`);
  const failures: string[] = [];
  for (let seed = first; seed < first + total; seed++) {
    try {
      await checkProgram(KINDS[seed % KINDS.length] as (typeof KINDS)[number], seed);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  assert.equal(failures, []);
}
