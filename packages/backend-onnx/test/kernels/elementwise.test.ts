import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import { agree, equals, integers, noise } from "../compare-backends.ts";

const test = suite("elementwise kernels");

const UNARY: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  abs: tf.abs,
  neg: tf.neg,
  exp: tf.exp,
  expm1: tf.expm1,
  log: (x) => tf.log(tf.add(x, 2)),
  log1p: tf.log1p,
  sqrt: (x) => tf.sqrt(tf.abs(x)),
  rsqrt: (x) => tf.rsqrt(tf.add(x, 1.5)),
  square: tf.square,
  reciprocal: (x) => tf.reciprocal(tf.add(x, 3)),
  sign: tf.sign,
  floor: (x) => tf.floor(tf.mul(x, 5)),
  ceil: (x) => tf.ceil(tf.mul(x, 5)),
  round: (x) => tf.round(tf.mul(x, 5)),
  sin: tf.sin,
  cos: tf.cos,
  tan: tf.tan,
  asin: (x) => tf.asin(tf.mul(x, 0.9)),
  acos: (x) => tf.acos(tf.mul(x, 0.9)),
  atan: tf.atan,
  sinh: tf.sinh,
  cosh: tf.cosh,
  tanh: tf.tanh,
  asinh: tf.asinh,
  acosh: (x) => tf.acosh(tf.add(x, 2.5)),
  atanh: (x) => tf.atanh(tf.mul(x, 0.9)),
  erf: tf.erf,
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 9)),
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  elu: tf.elu,
  selu: tf.selu,
  clip: (x) => tf.clipByValue(x, -0.25, 0.5),
  step: (x) => tf.step(x),
  "step with alpha": (x) => tf.step(x, 0.2),
  isNaN: (x) => tf.isNaN(tf.div(x, x)),
  isFinite: (x) => tf.isFinite(tf.div(1, tf.relu(x))),
  isInf: (x) => tf.isInf(tf.div(1, tf.relu(x))),
  zerosLike: tf.zerosLike,
  onesLike: tf.onesLike,
  prelu: (x) => tf.prelu(x, noise([5], 3)),
};

test("the remainder of a quotient that float32 does not hold stays between 0 and the divisor", async () => {
  const large = [911809.5625, -999904.75, 1e9, 16777216, -3, 0];
  await agree("mod", () =>
    [2 * Math.PI, 0.1, 3, -7, -0.3].map((divisor) => tf.mod(large, divisor)),
  );
  await agree("mod of infinity", () => [tf.mod([5, 0], Infinity), tf.mod([-5], -Infinity)]);
});

test("an angle over -0 is that over 0", () =>
  agree("atan2", () => [
    tf.atan2([3, -3, 1e-30], [-0, -0, -0]),
    tf.atan2([0, 2, -2], [-1, -1, -1]),
    tf.atan2(
      [Infinity, -Infinity, Infinity, -Infinity, Infinity, 1, 1, NaN, Infinity, -1],
      [Infinity, Infinity, -Infinity, -Infinity, 2, Infinity, -Infinity, Infinity, NaN, -Infinity],
    ),
  ]));

test("the sign of NaN is 0, that of the smallest numbers is theirs", () =>
  agree("sign", () => [tf.sign([NaN, -2, 0, 3, 1e-8, -1e-30]), tf.sign(integers([5], -2, 2))]));

for (const [name, fn] of Object.entries(UNARY)) {
  test(name, async () => {
    for (const shape of [[], [1], [5], [3, 5], [2, 1, 4, 5]]) {
      await agree(`${name} of [${shape}]`, () => {
        const isPrelu = name === "prelu" && shape.at(-1) !== 5;
        return [fn(noise(isPrelu ? [5] : shape, 1))];
      });
    }
  });
}

test("exact near 0: log1p and expm1", async () => {
  const values = [0, 1e-8, -1e-8, 1e-6, -1e-6, 1e-3, -1e-3, 0.5, -0.5, 3, -40, 80];
  const x = () => tf.tensor1d(values);
  const exact = (fn: (x: number) => number) => values.map((value) => fn(Math.fround(value)));
  for (const [i, value] of values.entries()) {
    await equals(`expm1 of ${value}`, () => [tf.expm1(x().slice(i, 1))], [
      [exact(Math.expm1)[i] as number],
    ]);
    if (value <= -1) continue;
    await equals(`log1p of ${value}`, () => [tf.log1p(x().slice(i, 1))], [
      [exact(Math.log1p)[i] as number],
    ]);
  }
  await agree("of infinity", () => [
    tf.log1p(tf.tensor1d([Number.POSITIVE_INFINITY, -1])),
    tf.expm1(tf.tensor1d([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])),
  ]);
});

test("NaN and infinities go through like on cpu", async () => {
  const special = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -1,
    0,
    2,
    3,
    4,
    5,
  ];
  for (const name of ["abs", "neg", "exp", "sqrt", "square", "sigmoid", "tanh", "elu"]) {
    await agree(`${name} of NaN`, () => [(UNARY[name] as typeof tf.abs)(tf.tensor1d(special))]);
  }
  for (const fn of [tf.add, tf.sub, tf.mul, tf.maximum, tf.minimum, tf.less, tf.equal]) {
    await agree(`${fn.name} of NaN`, () => [
      fn(tf.tensor1d(special), tf.tensor1d([...special].reverse())),
    ]);
  }
});

test("relu, clip and leakyRelu keep NaN", async () => {
  const special = () => tf.tensor1d([Number.NaN, -1, 2, Number.NaN, 1, 1, 1, 1, Number.NaN]);
  await agree("NaN", () => [
    tf.relu(special()),
    tf.leakyRelu(special(), 0.1),
    tf.relu6(special()),
    tf.clipByValue(special(), 0, 1),
  ]);
});

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const BINARY: Record<string, Binary> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: (a, b) => tf.div(a, tf.add(b, 3)),
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  pow: (a, b) => tf.pow(tf.abs(a), b),
  mod: (a, b) => tf.mod(a, tf.add(b, 2)),
  floorDiv: (a, b) => tf.floorDiv(tf.mul(a, 10), tf.add(b, 1.5)),
  atan2: tf.atan2,
  equal: (a, b) => tf.equal(tf.round(tf.mul(a, 2)), tf.round(tf.mul(b, 2))),
  notEqual: (a, b) => tf.notEqual(tf.round(tf.mul(a, 2)), tf.round(tf.mul(b, 2))),
  less: tf.less,
  lessEqual: tf.lessEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
};

const BROADCASTS = [
  [[], []],
  [[3], []],
  [[], [3]],
  [[2, 3], [3]],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [
    [2, 3, 4, 5],
    [2, 3, 4, 5],
  ],
] as const;

for (const [name, fn] of Object.entries(BINARY)) {
  test(name, async () => {
    for (const [a, b] of BROADCASTS) {
      await agree(`${name} of [${a}] and [${b}]`, () => [fn(noise(a, 1), noise(b, 2))]);
    }
  });
}

test("constant exponents", async () => {
  for (const exponent of [-1, 0, 0.5, 1, 2, 2.5, 3]) {
    await agree(`pow ${exponent}`, () => [tf.pow(tf.abs(noise([3, 4], 1)), exponent)]);
  }
});

test("int32", async () => {
  const a = () => integers([3, 4], -8, 8);
  const b = () => integers([4], -3, 3, 1);
  const fns: Binary[] = [
    ...[tf.add, tf.sub, tf.mul, tf.maximum, tf.minimum, tf.squaredDifference],
    ...[tf.equal, tf.notEqual, tf.less, tf.lessEqual, tf.greater, tf.greaterEqual],
  ];
  for (const fn of fns) await agree(`${fn.name} of int32`, () => [fn(a(), b())]);
  await agree("int32 to the power of 2", () => [tf.pow(a(), tf.scalar(2, "int32"))]);
  for (const fn of [tf.abs, tf.neg, tf.sign, tf.relu, tf.square, tf.exp]) {
    await agree(`${fn.name} of int32`, () => [fn(a())]);
  }
});

test("integer division and modulo, also by 0 and of the largest numbers", async () => {
  const a = () => tf.tensor1d([-7, 7, -8, 8, 5, -5, 2147483647, -2147483648, 7, 0], "int32");
  const b = () => tf.tensor1d([2, -2, 3, -3, 5, 5, 2, 3, 0, 0], "int32");
  await agree("int32", () => [tf.floorDiv(a(), b()), tf.mod(a(), b()), tf.div(a(), b())]);
});

test("numbers that int32 does not hold become int32 as in JavaScript", async () => {
  const floats = () => tf.tensor1d([NaN, Infinity, -Infinity, 3e9, -3e9, 1e20, 2147483648, -1.7]);
  await agree("casts", () => [tf.cast(floats(), "int32")]);
  await equals("NaN", () => [tf.cast(tf.tensor1d([NaN, 2 ** 32 + 512]), "int32")], [[0, 512]]);
  await agree("quotients", () => [tf.floorDiv([NaN, 1, 5, 3e9], [1, NaN, 0, 1])]);
  const powers = () => tf.pow([2, 0, -2, 3, 10], [-1, 1, -3, 20, 10]);
  await agree("powers of floats", () => [powers()]);
  const int = (values: number[]) => tf.tensor1d(values, "int32");
  await agree("powers", () => [tf.pow(int([2, 0, -2, 3, 10, -1]), int([-1, -1, -3, 20, 10, -3]))]);
});

test("the smallest positive numbers are above 0", () =>
  agree("step", () => [
    tf.step([1e-45, 1e-40, -1e-40, 0, 1e-30, 3e38, NaN]),
    tf.step([1e-45, 3e-39, -1e-38], 0.2),
  ]));

test("softplus keeps its digits far below 0", () =>
  agree("log", () => [tf.log(tf.softplus([-5, -20, -60])), tf.softplus([0, 1, 40])]));

test("bool and choice", async () => {
  const a = () => tf.tensor1d([true, false, true, false], "bool");
  const b = () => tf.tensor1d([true, true, false, false], "bool");
  await agree("logic", () => [
    tf.logicalAnd(a(), b()),
    tf.logicalOr(a(), b()),
    tf.logicalNot(a()),
    tf.logicalXor(a(), b()),
    tf.equal(a(), b()),
    tf.notEqual(a(), b()),
  ]);
  await agree("where", () => [
    tf.where(a(), noise([4], 1), noise([4], 2)),
    tf.where(a(), b(), a()),
    tf.where(a(), integers([4], 0, 9), integers([4], 5, 7)),
    tf.where(tf.greater(noise([2, 3, 4], 3), 0), noise([2, 3, 4], 1), noise([2, 3, 4], 2)),
  ]);
});

test("casts between every two types", async () => {
  const values = () => [
    tf.tensor1d([1.7, -1.7, 0, 0.5, -2]),
    tf.tensor1d([3, -4, 0, 1, 2], "int32"),
    tf.tensor1d([true, false, true, true, false], "bool"),
  ];
  for (const dtype of ["float32", "int32", "bool"] as const) {
    await agree(`to ${dtype}`, () => values().map((value) => tf.cast(value, dtype)));
  }
});

test("fills and ranges", async () => {
  await agree("fills", () => [
    tf.fill([2, 3], 4.5),
    tf.fill([2], 3, "int32"),
    tf.zeros([2, 2]),
    tf.ones([3], "int32"),
    tf.ones([3], "bool"),
    tf.range(0, 7, 2),
    tf.range(5, 0, -1, "int32"),
    tf.linspace(0, 1, 5),
    tf.linspace(3, -2, 1),
    tf.eye(3),
    tf.add(tf.fill([2, 3], 1.5), tf.range(0, 3)),
  ]);
});

test("addN", async () => {
  await agree("addN", () => [tf.addN([noise([2, 3], 1), noise([2, 3], 2), noise([2, 3], 3)])]);
});

test.run();
