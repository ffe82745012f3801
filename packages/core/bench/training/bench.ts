import { contest } from "@acc/test-kit/bench/contest";
import { nodeProgram, pairOf } from "@acc/test-kit/bench/measure";
import { lessIsBetter, moreIsBetter, type Row, type Target } from "@acc/test-kit/bench/row";
import { tfjsNodeFolder } from "@acc/test-kit/peers/tfjs-node";
import { MODELS, type ModelName } from "./models.ts";

const ROUNDS = 3;
/** Steps timed in each round, by what a step takes. */
const STEPS: Record<ModelName, number> = { mlp: 40, cnn: 15, transformer: 25 };
/** The fastest that comes with plain TensorFlow.js: wasm cannot train a convolution. */
const SHIPPED: Record<ModelName, string> = { mlp: "wasm", cnn: "cpu", transformer: "wasm" };
/** Too slow to be timed for as many steps. */
const SHIPPED_STEPS: Record<ModelName, number> = { mlp: 10, cnn: 1, transformer: 10 };

/** Time of a training step of one replica and of two, beside plain TensorFlow.js. */
export async function* benchTraining(only: string): AsyncGenerator<Row> {
  for (const model of Object.keys(MODELS) as ModelName[]) {
    if (!model.includes(only)) continue;
    yield* await benchModel(model, "wasm", SHIPPED[model], SHIPPED_STEPS[model]);
    const cwd = tfjsNodeFolder();
    if (cwd) yield* await benchModel(model, "tensorflow", "tensorflow", STEPS[model], cwd);
  }
}

async function benchModel(
  model: ModelName,
  backend: "wasm" | "tensorflow",
  peer: string,
  peerSteps: number,
  cwd?: string,
): Promise<Row[]> {
  const script = new URL("./ours.ts", import.meta.url);
  const ours = (replicas: number) =>
    nodeProgram(script, [model, String(STEPS[model]), String(replicas), backend], { cwd });
  const plainScript = new URL("./plain.ts", import.meta.url);
  const plain = nodeProgram(plainScript, [model, String(peerSteps), peer], { cwd });
  const ms = await contest({ one: ours(1), two: ours(2), pair: pairOf(ours(1)), plain }, ROUNDS);
  const { batchSize } = MODELS[model]();
  const atWasm = (target: Target): Target | null => (backend === "wasm" ? target : null);
  return [
    lessIsBetter({
      name: `${model} on ${backend}, step of 1 replica`,
      unit: "ms",
      ours: ms.one,
      peer: ms.plain,
      peerName: peer === "tensorflow" ? "tfjs-node" : `tfjs-${peer} as shipped`,
      target: model === "mlp" ? atWasm({ of: "ratio", atLeast: 7 }) : null,
    }),
    moreIsBetter({
      name: `${model} on ${backend}, 2 replicas`,
      unit: "samples/s",
      ours: (2 * batchSize * 1000) / ms.two,
      peer: (batchSize * 1000) / ms.one,
      peerName: "1 replica",
      target: atWasm({ of: "ratio", atLeast: 1.8 }),
    }),
    moreIsBetter({
      name: `${model} on ${backend}, 2 replicas`,
      unit: "samples/s",
      ours: (2 * batchSize * 1000) / ms.two,
      peer: (2 * batchSize * 1000) / ms.pair,
      peerName: "2 processes of 1 replica each",
      target: null,
    }),
  ];
}
