import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type AcceleratorError,
  calculateMaximumSizes,
  computeModuleSizes,
  convertBytes,
  convertFileSizeToInt,
  dtypeByteSize,
} from "../../src/index.ts";

const test = suite("sizes of models");

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as AcceleratorError).code;
  }
  return "none";
}

test("a model is measured by layers and weights", () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [10], units: 20, name: "wide" }),
      tf.layers.dense({ units: 2, name: "narrow" }),
    ],
  });
  const sizes = computeModuleSizes(model);
  assert.is(sizes.get(""), 4 * (10 * 20 + 20 + 20 * 2 + 2));
  assert.is(sizes.get("wide"), 4 * 220);
  assert.is(sizes.get("wide/kernel"), 4 * 200);
  assert.is(sizes.get("narrow/bias"), 4 * 2);
  assert.is(sizes.size, 1 + 2 + 4);
  assert.equal(calculateMaximumSizes(model), {
    totalBytes: 4 * 262,
    largestLayer: { bytes: 4 * 220, names: ["wide"] },
  });
  model.dispose();
});

test("layers of the same size are all named; variables count by their dtype", () => {
  const held = {
    a: tf.variable(tf.zeros([4]), true, "left/w"),
    b: tf.variable(tf.zeros([4], "int32"), false, "right/w"),
    c: tf.variable(tf.zeros([3], "bool"), false, "flags"),
  };
  assert.equal(calculateMaximumSizes(held), {
    totalBytes: 16 + 16 + 3,
    largestLayer: { bytes: 16, names: ["left", "right"] },
  });
  assert.is(computeModuleSizes(held).get("flags"), 3);
  for (const variable of Object.values(held)) variable.dispose();
});

test("what is no model is refused", () => {
  assert.is(
    codeOf(() => computeModuleSizes({})),
    "MODEL_INVALID",
  );
  assert.is(
    codeOf(() => calculateMaximumSizes(tf.sequential())),
    "MODEL_INVALID",
  );
});

test("values of dtypes have their bytes", () => {
  const dtypes = ["float32", "int32", "bool", "complex64", "bfloat16", "int4"];
  assert.equal(dtypes.map(dtypeByteSize), [4, 4, 1, 8, 2, 0.5]);
  for (const wrong of ["string", "float23", "toString", ""]) {
    assert.is(
      codeOf(() => dtypeByteSize(wrong)),
      "OPTION_INVALID",
      wrong,
    );
  }
});

test("bytes become words as in Accelerate", () => {
  assert.equal([0, 512, 1024, 1536, 89_075_712, 2 ** 40, 2 ** 60].map(convertBytes), [
    ...["0 bytes", "512 bytes", "1.0 KB", "1.5 KB", "84.95 MB", "1.0 TB", "1024.0 PB"],
  ]);
});

test("words become bytes: decimal and binary units, and no bits", () => {
  const sizes = [7, "1KB", "1KiB", "2.5 MB", "10GB", "1GiB"];
  assert.equal(sizes.map(convertFileSizeToInt), [7, 1000, 1024, 2_500_000, 1e10, 2 ** 30]);
  for (const wrong of ["1Gb", "GB", "-1GB", "1 XB", "", -1, 1.5, Number.NaN, "9999999999TB"]) {
    assert.is(
      codeOf(() => convertFileSizeToInt(wrong)),
      "OPTION_INVALID",
      String(wrong),
    );
  }
});

test.run();
