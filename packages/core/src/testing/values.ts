import type { LogValue } from "../tracker-contract/log-value.ts";

/** One of every kind of value that `log` and a configuration take. */
export const VALUES: { readonly [key: string]: LogValue } = {
  fraction: 0.1,
  integer: 3,
  large: 2 ** 53 - 1,
  bigint: 2n ** 60n,
  nan: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  negative_infinity: Number.NEGATIVE_INFINITY,
  minus_zero: -0,
  yes: true,
  no: false,
  text: "hello **md** 損失",
  long_text: "x".repeat(20_000),
  lone_surrogate: "a\ud800b",
  nothing: null,
  not_defined: undefined,
  date: new Date(0),
  floats: Float32Array.of(1, 2, 3),
  one_float: Float32Array.of(1.5),
  bytes: Uint8Array.of(1, 2),
  list: [1, 2, 3],
  mixed_list: [1, "two", null, [3]],
  empty_list: [],
  nested: { a: 1, b: { c: "d", e: [1, 2] } },
  empty: {},
};

/** Names of metrics that break files, paths and protocols. */
export const HARD_KEYS: readonly string[] = [
  ...["train/loss", "/lead", "trail/", "a//b", "..", "../up", "../../up", "a/../../b", "."],
  ...["with space", "損失", "µ", "😀", "a.b", "a:b", "a|b", 'quo"te', "back\\slash", "new\nline"],
  ...["$", "__proto__", "_step", "step", "epoch", "k".repeat(1000), "-dash", "100%", "#", "?"],
  ...["", "toString", "a\0b", "\ud800"],
];
