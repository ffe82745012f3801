import { deepStrictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, image } from "../../src/index.ts";
import { awkwardValues } from "../../src/testing/awkward-values.ts";
import { RecordingTracker } from "./recording-tracker.ts";

const test = suite("values of log");
let warnings: string[] = [];
process.on("warning", (warning) => warnings.push(warning.message));

/** What a tracker gets of each call. */
async function recorded(calls: readonly object[], change = () => {}): Promise<unknown[]> {
  warnings = [];
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker });
  await accelerator.initTrackers("project");
  for (const values of calls) accelerator.log(values as Record<string, number>);
  change();
  await accelerator.endTraining();
  await new Promise((resolve) => setImmediate(resolve));
  return tracker.calls
    .filter((call) => (call as unknown[])[0] === "log")
    .map((call) => (call as unknown[])[1]);
}

test("become plain data: collections, fields of instances, what a class writes of itself", async () => {
  class Point {
    readonly x = 1;
    readonly inner = new Map([["y", tf.scalar(2)]]);
  }
  const bytes = Buffer.from("abc");
  const integers = BigInt64Array.of(1n, -2n);
  const values = {
    map: new Map<unknown, unknown>([
      ["a", 1],
      [2, new Set(["b"])],
    ]),
    pairs: new Map<unknown, unknown>([
      [1, "number"],
      ["1", "text"],
    ]),
    point: new Point(),
    url: new URL("https://example.com/a"),
    error: new TypeError("no"),
    boxed: Object(3),
    integers,
    huge: BigUint64Array.of(2n ** 63n),
    bytes,
    holes: Object.assign([1], { 2: 3 }),
    zero: -0,
    own: JSON.parse('{"__proto__": {"a": 1}, "b": 2}'),
    last: 1,
  };
  const change = () => {
    bytes.fill(0);
    integers.fill(0n);
  };
  const [read] = (await recorded([values], change)) as [Record<string, unknown>];
  deepStrictEqual(read, {
    map: { a: 1, 2: ["b"] },
    pairs: [
      [1, "number"],
      ["1", "text"],
    ],
    point: { x: 1, inner: { y: 2 } },
    url: "https://example.com/a",
    error: "TypeError: no",
    boxed: 3,
    integers: Float64Array.of(1, -2),
    huge: [2n ** 63n],
    bytes: Uint8Array.of(97, 98, 99),
    holes: [1, undefined, 3],
    zero: -0,
    own: JSON.parse('{"__proto__": {"a": 1}, "b": 2}'),
    last: 1,
  });
  assert.is(read.bytes?.constructor, Uint8Array);
  assert.equal(warnings, []);
});

test("that cannot be logged are left out by themselves, with their names", async () => {
  const cycle: Record<string, unknown> = { a: 1 };
  cycle.self = cycle;
  const list: unknown[] = [1, new DataView(new ArrayBuffer(1)), 3];
  const [first, second] = (await recorded([
    {
      loss: 1,
      cycle,
      list,
      later: Promise.resolve(1),
      [Symbol("secret")]: 1,
      nested: {
        get broken(): number {
          throw new Error("no value");
        },
        b: 2,
      },
      pictures: [image(tf.zeros([1, 1, 3]) as tf.Tensor3D)],
      end: 1,
    },
    { loss: 2, cycle },
  ])) as Record<string, unknown>[];
  assert.equal(first, {
    loss: 1,
    cycle: { a: 1 },
    list: [1, null, 3],
    nested: { b: 2 },
    pictures: [null],
    end: 1,
  });
  assert.equal(second, { loss: 2, cycle: { a: 1 } });
  for (const [name, reason] of [
    ["cycle/self", /contains itself/],
    ["list/1", /DataView/],
    ["later", /a Promise has no values/],
    ["Symbol(secret)", /symbol/],
    ["nested/broken", /no value/],
    ["pictures/0", /in a list/],
  ] as const) {
    const about = warnings.filter((text) => text.includes(`"${name}"`));
    assert.is(about.length, 1, `${name}: ${warnings.join("\n")}`);
    assert.match(about[0] as string, reason);
  }
});

test("of every awkward kind neither throw nor take others with them", async () => {
  const values = awkwardValues();
  const calls = Object.entries(values).map(([key, value]) => ({
    before: 1,
    [key]: value,
    after: 2,
  }));
  const read = (await recorded([...calls, values])) as { before?: number; after?: number }[];
  assert.is(read.length, calls.length + 1);
  for (const { before, after } of read.slice(0, -1)) assert.equal([before, after], [1, 2]);
});

test("are no values at all: the error says so", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const accelerator = new Accelerator({ logWith: new RecordingTracker() });
  const codes = [proxy, new Map(), null, Symbol("s"), () => 1].map((values) => {
    try {
      accelerator.log(values as never, { step: Symbol("s") as never });
      return "no error";
    } catch (error) {
      return (error as { code?: string }).code;
    }
  });
  assert.equal(codes, Array(5).fill("OPTION_INVALID")); // of the step, which is checked first
});

test.run();
