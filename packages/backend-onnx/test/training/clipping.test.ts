import { launch } from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Clipped } from "./fixtures/clip-gradients.ts";

const test = suite("clipping on the onnx backend");
const script = new URL("./fixtures/clip-gradients.ts", import.meta.url);

const GRADIENTS = [
  [3, 4, 0],
  [0.1, 0.2, -0.2],
  [3, -4, 12],
  [30, -40, 120],
  [1, Number.POSITIVE_INFINITY, 1],
  [1, Number.NEGATIVE_INFINITY, 1],
  [1, Number.NaN, 1],
  [0, 0, 0],
  [3, 4, 0],
];
const { POSITIVE_INFINITY: INFINITY, NaN: NAN } = Number;
const LIMIT = 4;

/** What PyTorch computes. */
function expected(gradient: readonly number[], order: number): [number, number[]] {
  const sizes = gradient.map(Math.abs);
  const norm = order === 2 ? Math.hypot(...gradient) : Math.max(...sizes);
  const wanted = gradient.some(Number.isNaN) ? NAN : norm;
  const factor = Math.min(1, LIMIT / (wanted + 1e-6));
  return [wanted, gradient.map((value) => Math.min(3, Math.max(-3, value * factor)))];
}

const ORDERS = [2, INFINITY];
const launches = new Map<number, Promise<Clipped[][]>>();

/** What each rank gave, eager and compiled, with one launch for each number of replicas. */
async function clip(numProcesses: number, order: number): Promise<[Clipped[], Clipped[]]> {
  const calls = ORDERS.flatMap((one) =>
    [false, true].map((isCompiled) => [GRADIENTS, LIMIT, one, isCompiled]),
  );
  const launched =
    launches.get(numProcesses) ??
    launch<Clipped[]>(script, { numProcesses, args: [calls], timeoutMs: 60_000 });
  launches.set(numProcesses, launched);
  const ranks = await launched;
  const first = 2 * ORDERS.indexOf(order);
  const at = (index: number) => ranks.map((results) => results[index] as Clipped);
  return [at(first), at(first + 1)];
}

for (const order of ORDERS) {
  for (const numProcesses of [1, 2]) {
    test(`replays to the bit, also what is not finite: ${order}, ${numProcesses} replicas`, async () => {
      const [eager, compiled] = await clip(numProcesses, order);
      assert.ok((eager[0]?.recorded ?? 0) > 0, "the count counts");
      for (const [rank, { rows, recorded }] of compiled.entries()) {
        assert.is(
          recorded,
          0,
          "nothing of a replayed step is recorded, and nothing of it runs in JavaScript",
        );
        assert.equal(rows, eager[rank]?.rows, `rank ${rank}: replayed and not`);
        assert.equal(rows, compiled[0]?.rows, `rank ${rank} and 0`);
        for (const [i, { norm, gradient }] of rows.entries()) {
          const [wantedNorm, wanted] = expected(GRADIENTS[i] ?? [], order);
          for (const [value, want] of [
            [norm, wantedNorm],
            ...gradient.map((g, k) => [g, wanted[k]]),
          ]) {
            const isClose =
              Object.is(Number(value), want) || Math.abs(Number(value) - Number(want)) < 1e-5;
            assert.ok(
              isClose,
              `${GRADIENTS[i]}: ${norm}, ${gradient}, not ${wantedNorm}, ${wanted}`,
            );
          }
        }
      }
    });
  }
}

test.run();
