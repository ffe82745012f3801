import { suite } from "uvu";
import * as assert from "uvu/assert";
import { halfKernel, scalarHalfKernel } from "../../src/collective/half-kernel.ts";
import { type HalfFormat, packHalf, unpackHalf } from "../../src/collective/half-precision.ts";
import { Random } from "../../src/random/random.ts";

const test = suite("16-bit floating point");

function round(values: readonly number[], format: HalfFormat): number[] {
  const packed = new Uint16Array(values.length);
  packHalf(Float32Array.from(values), packed, format);
  const result = new Float32Array(values.length);
  unpackHalf(packed, result, format);
  return [...result];
}

test("every value of either format comes back as it is", () => {
  for (const format of ["fp16", "bf16"] as const) {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
    const values = new Float32Array(all.length);
    unpackHalf(all, values, format);
    const again = new Uint16Array(all.length);
    packHalf(values, again, format);
    for (const [bits, found] of again.entries()) {
      if (Number.isNaN(values[bits])) assert.ok(Number.isNaN(round([Number.NaN], format)[0]));
      else assert.is(found, bits, `${format} ${bits}`);
    }
  }
});

test("rounds to the nearest value, ties to even, and beyond the range to infinity", () => {
  const step16 = 2 ** -10;
  assert.equal(
    round(
      [1 + step16 / 2, 1 + 1.5 * step16, 65519, 65520, -70000, 2 ** -25, 1.1 * 2 ** -25],
      "fp16",
    ),
    [1, 1 + 2 * step16, 65504, Infinity, -Infinity, 0, 2 ** -24],
  );
  const step = 2 ** -7;
  assert.equal(round([1 + step / 2, 1 + 1.5 * step, 3.4e38, 3.0e38, -Infinity], "bf16"), [
    1,
    1 + 2 * step,
    Infinity,
    226 * 2 ** 120,
    -Infinity,
  ]);
  for (const format of ["fp16", "bf16"] as const) {
    assert.ok(Number.isNaN(round([Number.NaN], format)[0]));
    assert.ok(Object.is(round([-0], format)[0], -0));
  }
});

test("is off by half a step at most", () => {
  const random = new Random(3);
  const values = Array.from({ length: 5000 }, () =>
    Math.fround((random.nextFloat() - 0.5) * 2 ** (random.nextBelow(20) - 10)),
  );
  for (const [format, digits] of [
    ["fp16", 11],
    ["bf16", 8],
  ] as const) {
    for (const [i, found] of round(values, format).entries()) {
      const value = values[i] as number;
      assert.ok(Math.abs(found - value) <= Math.max(Math.abs(value) * 2 ** -digits, 2 ** -25));
    }
  }
});

/** Any bits, and those around every place where the rounding changes. */
function anyFloats(): Float32Array {
  const random = new Random(9);
  const edges = [0, 0x33000000, 0x38800000, 0x477fe000, 0x477ff000, 0x7f7fffff, 0x7f800000];
  const bits = [
    ...edges.flatMap((edge) => [-2, -1, 0, 1, 2].map((step) => (edge + step) >>> 0)),
    ...Array.from({ length: 9001 }, () => random.nextUint32()),
    // Between the smallest and the largest half, with ties.
    ...Array.from({ length: 9000 }, () => 0x32000000 + random.nextBelow(0x16000) * 0x1000),
  ];
  return new Float32Array(
    Uint32Array.from(bits.flatMap((one) => [one, (one | 0x80000000) >>> 0])).buffer,
  );
}

const bitsOf = (values: Float32Array) => new Uint32Array(values.buffer, 0, values.length);

for (const format of ["fp16", "bf16"] as const) {
  test(`the SIMD kernel gives the bits of plain JavaScript: ${format}`, () => {
    assert.not.equal(halfKernel(), scalarHalfKernel, "this machine has SIMD");
    const floats = anyFloats();
    const [packed, expected] = [new Uint16Array(floats.length), new Uint16Array(floats.length)];
    halfKernel().pack(floats, packed, format);
    scalarHalfKernel.pack(floats, expected, format);
    assert.equal(packed, expected);
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
    const [values, expectedValues] = [new Float32Array(all.length), new Float32Array(all.length)];
    halfKernel().unpack(all, values, format);
    scalarHalfKernel.unpack(all, expectedValues, format);
    assert.equal(bitsOf(values), bitsOf(expectedValues));
    for (const count of [1, 2, 3]) {
      const parts = () =>
        Array.from({ length: count }, (_, rank) => {
          const own = packed.filter((bits) => !Number.isNaN(values[bits]));
          return own.map((_value, i) => own[(i * (rank + 3)) % own.length] as number);
        });
      const [found, wanted] = [parts(), parts()];
      halfKernel().average(found, format);
      scalarHalfKernel.average(wanted, format);
      const numbers = (part?: Uint16Array) =>
        [...(part ?? [])].map((bits) => (Number.isNaN(values[bits]) ? "NaN" : bits));
      assert.equal(numbers(found[0]), numbers(wanted[0]));
      for (const part of found) assert.equal(part, found[0]);
    }
  });
}

test.run();
