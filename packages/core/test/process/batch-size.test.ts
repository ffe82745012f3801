import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { findExecutableBatchSize } from "../../src/process/executable-batch-size.ts";
import { isOutOfMemory } from "../../src/process/out-of-memory.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import { checkAgreed, SIZES } from "./agreed-sizes.ts";
import type { Attempts } from "./fixtures/batch-size.ts";

const test = suite("findExecutableBatchSize");
const script = new URL("./fixtures/batch-size.ts", import.meta.url);
/** Of JavaScript; the types of this package do not have it. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (size: object) => { grow(pages: number): number } };
};
const CALLS = {
  1: [
    [[60], [0], undefined, false],
    [[3], [0], 10, false],
    [[10], [2], 64, true],
    [[0], [0], 3, false],
    [[9], [0], 0, false],
  ],
  3: [
    [[12, 5, 9], [0, 3, 1], 12, false],
    [[4, 4, 9], [4, 1, 0], 8, true],
    [[9, 0, 9], [0, 1, 0], 2, false],
  ],
};
const run = sharedLaunches<Attempts>(script, CALLS);

test("tries the sizes of Accelerate, and begins the next call with the one that worked", async () => {
  const [first] = await run(1, [60], [0], undefined, false);
  assert.equal(first?.sizes, SIZES["128"]);
  assert.is(first?.result, "first 58");
  assert.equal(first?.later, [58]);
  const [second] = await run(1, [3], [0], 10, false);
  assert.equal(second?.sizes, SIZES["10"]);
  const [halved] = await run(1, [10], [2], 64, true);
  assert.equal(halved?.sizes, [64, 32, 16, 8]);
});

test.slow("says that no size fits", async () => {
  for (const [limits, start, sizes] of [
    [[0], 3, [3, 2, 1]],
    [[9], 0, []],
  ] as const) {
    const [attempts] = await run(1, limits, [0], start, false);
    assert.equal(attempts?.sizes, sizes);
    assert.is(attempts?.code, "BATCH_SIZE_NOT_FOUND");
  }
  for (const { sizes, code, message } of await run(3, [9, 0, 9], [0, 1, 0], 2, false)) {
    assert.equal(sizes, [2, 1]);
    assert.is(code, "BATCH_SIZE_NOT_FOUND");
    assert.match(message ?? "", /no batch size fits/);
  }
});

test("all ranks settle on the same size, wherever one of them ran out of memory", async () => {
  const cases = [
    [
      [[12, 5, 9], [0, 3, 1], 12, false],
      [12, 10, 9, 8, 7, 6, 5],
    ],
    [
      [[4, 4, 9], [4, 1, 0], 8, true],
      [8, 4],
    ],
  ] as const;
  for (const [args, sizes] of cases)
    checkAgreed(await run(3, ...args), sizes, JSON.stringify(args));
});

test("another error is thrown as it is, at the first attempt", async () => {
  let calls = 0;
  const fail = findExecutableBatchSize(() => {
    calls += 1;
    throw new TypeError("of its own");
  });
  await fail().then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, "of its own"),
  );
  assert.is(calls, 1);
});

test("a size that does not get smaller is an error", async () => {
  const train = findExecutableBatchSize(() => new ArrayBuffer(2 ** 45), {
    reduceBatchSize: (size) => size,
  });
  await train().then(
    () => assert.unreachable(),
    (error) => assert.is(error.code, "OPTION_INVALID"),
  );
  for (const options of [{ startingBatchSize: 1.5 }, { reduceBatchSizeFn: () => 1 }]) {
    assert.throws(
      () => findExecutableBatchSize(() => 1, options as never),
      (error: { code: string }) => error.code === "OPTION_INVALID",
    );
  }
});

test("a batch size that is passed by hand is refused, and only that (FB-3)", async () => {
  type Loose = (...args: unknown[]) => Promise<unknown>;
  const find = (fn: (...args: never[]) => unknown) =>
    findExecutableBatchSize(fn as (size: number) => unknown, { startingBatchSize: 4 }) as Loose;
  async function train(batchSize: number, data: string) {
    return `${batchSize} ${data}`;
  }
  const refused: [Loose, unknown[], RegExp][] = [
    [find(train), [64, "data"], /called with 2: \(64, string\)\. .* train\(argument1\)/],
    [find((batchSize: number) => batchSize), [64], /0 more arguments, .*: train\(\)/],
    [find(() => 1), [64], /leave it out/],
    [find({ fit(_size: number) {} }.fit), [64], /fit\(\)/],
  ];
  for (const [call, args, message] of refused) {
    await call(...args).then(
      () => assert.unreachable(String(message)),
      (error) => {
        assert.is(error.code, "OPTION_INVALID");
        assert.match(error.message, message);
      },
    );
  }
  assert.is(await find(train)("data"), "4 data");
  assert.is(await find((batchSize: number, rate = 0.1) => batchSize * rate)(2), 8);
  assert.equal(await find((...all: unknown[]) => all)(64), [4, 64]);
  assert.equal(await find((...all: unknown[]) => all.length)("a", "b"), 3);
  const old = function () {
    // biome-ignore lint/complexity/noArguments: what older code does
    return arguments.length;
  };
  assert.is(await find(old)(1, 2), 3);
  assert.is(await find(((a: number, b: number) => a + b).bind(undefined))(1), 5);
});

test("knows what V8 and WebAssembly say when memory runs out", () => {
  const causes = [
    () => new Float32Array(2 ** 50),
    () => new ArrayBuffer(2 ** 45),
    () => new SharedArrayBuffer(2 ** 45),
    () => new WebAssembly.Memory({ initial: 1, maximum: 1 }).grow(1),
  ];
  for (const cause of causes) {
    try {
      cause();
      assert.unreachable(String(cause));
    } catch (error) {
      assert.ok(isOutOfMemory(error), String(error));
      assert.ok(isOutOfMemory(new Error("a replica failed", { cause: error })));
    }
  }
  assert.not(isOutOfMemory(new RangeError("Maximum call stack size exceeded")));
  assert.not(isOutOfMemory("out of memory"));
});

test.run();
