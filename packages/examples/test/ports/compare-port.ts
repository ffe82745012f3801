import { type BackendName, launch } from "@acc/core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { runInScratch } from "../run-in-scratch.ts";
import weightsOf from "./weights-of.ts";

const FIXTURE = new URL("./weights-of.ts", import.meta.url);

/** Four digits are printed: the last may be rounded the other way. */
const PRINTED = 2e-4;

const BACKENDS = ["cpu", "wasm", "onnx"] as const satisfies readonly BackendName[];

/** Largest difference of a weight, after 50 steps, from plain TensorFlow.js on its `cpu` backend. */
const TOLERANCE = 1e-5;

/**
 * Tests that a port learns what the plain program learns, on one replica and on two that share each batch.
 *
 * @param args with which the programs make 50 steps; the first is the number of epochs.
 */
export function comparePort(test: Test, port: string, args: readonly string[]): void {
  const scriptOf = (name: string) =>
    new URL(`../../ports/${port}/${name}.ts`, import.meta.url).href;
  let plain: Float32Array[];
  test.before(async () => {
    plain = await weightsOf(scriptOf("plain"), ...args);
    assert.ok(plain.length > 0 && plain.every((weight) => weight.every(Number.isFinite)));
  });

  for (const backend of BACKENDS) {
    const train = (numProcesses: number) => {
      const script = [scriptOf("accelerated"), ...args, backend];
      return launch<Float32Array[]>(FIXTURE, { numProcesses, args: script, timeoutMs: 60_000 });
    };

    test(`on ${backend}, one replica has the weights of the plain program after 50 steps`, async () => {
      const [weights = []] = await train(1);
      requireClose(weights, plain);
    });

    test(`on ${backend}, two replicas have equal bits, and the weights of the plain program`, async () => {
      const [first = [], second = []] = await train(2);
      assert.equal(second, first);
      requireClose(first, plain);
    });
  }
}

/**
 * Tests that both programs can be started from a shell.
 *
 * @param args as above.
 */
export function compareFromShell(test: Test, port: string, args: readonly string[]): void {
  test("started from a shell, both programs print the same number", async () => {
    const once = ["1", ...args.slice(1)];
    const plainly = await runInScratch(`ports/${port}/plain.ts`, undefined, once);
    const onTwo = await runInScratch(`ports/${port}/accelerated.ts`, 2, once);
    const numbers = numbersOf(plainly.output);
    assert.is(numbers.length, 1, plainly.output);
    const [number = Number.NaN] = numbersOf(onTwo.output);
    assert.ok(Math.abs(number - (numbers[0] ?? Number.NaN)) <= PRINTED, onTwo.output);
  });
}

/** What a program prints at the end of its epochs. */
function numbersOf(output: string): number[] {
  return [...output.matchAll(/^epoch \d+: (?:loss )?([\d.]+)/gm)].map(([, number]) =>
    Number(number),
  );
}

function requireClose(weights: readonly Float32Array[], expected: readonly Float32Array[]): void {
  assert.equal(
    weights.map(({ length }) => length),
    expected.map(({ length }) => length),
  );
  const difference = Math.max(
    ...weights.map((weight, i) =>
      Math.max(...weight.map((value, at) => Math.abs(value - (expected[i]?.[at] ?? Number.NaN)))),
    ),
  );
  assert.ok(difference <= TOLERANCE, `a weight differs by ${difference}, more than ${TOLERANCE}`);
}
