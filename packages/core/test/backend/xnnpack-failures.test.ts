import * as tf from "@tensorflow/tfjs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { selectBackend } from "../../src/backend/select-backend.ts";
import { takeFailure } from "../../src/backend/wasm/xnnpack-failures.ts";

const test = suite("calls that XNNPACK refuses");

type Compiled = {
  cwrap(name: string, result: null, parameters: string[]): (...given: unknown[]) => void;
};
type WasmBackend = tf.KernelBackend & {
  readonly wasm: Compiled;
  readonly dataIdMap: { get(dataId: object): { readonly id: number } };
};

/** Calls the compiled product past the kernels of JavaScript, which leave empty matrices to the cpu backend. */
function refusedProduct(): void {
  const backend = tf.backend() as WasmBackend;
  const [a, b, product] = [tf.zeros([1, 2, 0]), tf.zeros([1, 0, 2]), tf.zeros([1, 2, 2])];
  const shape = (...sizes: number[]) => new Uint8Array(new Int32Array(sizes).buffer);
  const idOf = ({ dataId }: tf.Tensor) => backend.dataIdMap.get(dataId).id;
  const parameters = "number array number number array number number number number".split(" ");
  const multiply = backend.wasm.cwrap("BatchMatMul", null, parameters);
  multiply(idOf(a), shape(1, 2, 0), 3, idOf(b), shape(1, 0, 2), 3, false, false, idOf(product));
  tf.dispose([a, b, product]);
}

test("are noticed where they happen, and the kernel of the cpu backend takes their place", async () => {
  await selectBackend("wasm");
  const { warn } = console;
  const printed: unknown[] = [];
  console.warn = (line) => /XNN/.test(line) && printed.push(line);
  try {
    takeFailure();
    refusedProduct();
    assert.is(takeFailure(), true);
    assert.is(takeFailure(), false, "once");
    refusedProduct();
    const before = tf.memory().numTensors;
    const root = tf.sqrt(tf.tensor1d([4, 9])); // a refusal is left to be reported when its kernel returns
    assert.equal([...root.dataSync()], [2, 3]);
    assert.is(takeFailure(), false, "the kernel has answered to it");
    assert.is(tf.memory().numTensors, before + 2);
  } finally {
    console.warn = warn;
  }
  assert.equal(printed, [], "nobody reads a message about a value that is right");
});

test.run();
