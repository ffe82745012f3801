import type { Loggable } from "../tracker-contract/loggable.ts";

/**
 * Values that break naive copies, files and protocols. Each is kept or left out by itself: what is logged beside it in the same
 * call is recorded.
 */
export function awkwardValues(): Record<string, Loggable> {
  const cycle: Record<string, unknown> = { inner: 1 };
  cycle.self = cycle;
  const list: unknown[] = [1];
  list.push(list);
  let deep: unknown = 1;
  for (let level = 0; level < 20_000; level++) deep = { deep };
  const sparse: unknown[] = [1];
  sparse[3] = 2;
  const endless: unknown[] = [];
  endless.length = 2 ** 32 - 1;
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  class Point {
    readonly x = 1;
    readonly y = 2;
  }
  const values: Record<string, unknown> = {
    invalid_date: new Date(Number.NaN),
    map: new Map([["a", 1]]),
    mixed_map: new Map<unknown, unknown>([
      [{}, 1],
      [1, new Set([2])],
    ]),
    set: new Set([1, 2]),
    point: new Point(),
    nothing_in_it: new (class Empty {})(),
    promise: Promise.resolve(1),
    url: new URL("https://example.com/"),
    error: new Error("no"),
    pattern: /a|b/,
    boxed: Object(3),
    big_integers: BigInt64Array.of(1n, 2n, 3n, -4n),
    huge_integers: BigUint64Array.of(1n, 2n ** 63n),
    buffer: Buffer.from("abc"),
    view: new DataView(new ArrayBuffer(8)),
    memory: new ArrayBuffer(8),
    cycle,
    list,
    deep,
    sparse,
    endless,
    proxy,
    own_prototype: JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}'),
    no_prototype: Object.assign(Object.create(null), { a: 1 }),
    symbol: Symbol("s"),
    symbol_key: { [Symbol("key")]: 1, a: 1 },
    call: () => 1,
    thrown: {
      get broken(): number {
        throw new Error("no value");
      },
      a: 1,
    },
    no_number_key: { [Number.NaN]: 1, "": 2 },
    lone: "\udc00 and \ud800",
    nul: "a\0b",
    minus_zero: -0,
    smallest: Number.MIN_VALUE,
    largest: Number.MAX_VALUE,
    wide: 2 ** 53 + 2,
    wide_bigint: 2n ** 200n,
  };
  return values as Record<string, Loggable>;
}
