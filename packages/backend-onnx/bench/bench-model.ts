import { fileURLToPath } from "node:url";
import { type Contender, contestOfPresent } from "@acc/test-kit/bench/contest";
import { nodeProgram, pairOf } from "@acc/test-kit/bench/measure";
import { lessIsBetter, moreIsBetter, type Row, type Target } from "@acc/test-kit/bench/row";
import { nodeFolder } from "@acc/test-kit/node-version";
import { BATCH_SIZES, type ModelName } from "./models.ts";

/** Steps timed in each round, by what a step takes. */
const STEPS: Readonly<Record<ModelName, number>> = {
  ...{ mlp: 100, cnn: 30, transformer: 15, lstm: 60 },
};
const SLOW_STEPS = 10;

export type Peers = { readonly python: string | undefined; readonly jaxJs: string | undefined };

type Goals = Readonly<
  Partial<Record<"traced" | "compiled" | "twoOverOne" | "twoOverPeer", number>>
>;

/** Ratios to reach: of one replica over PyTorch, of two over one, and over two processes of PyTorch. */
const GOALS: Readonly<Record<ModelName, Goals>> = {
  mlp: { traced: 1, twoOverOne: 1.9, twoOverPeer: 1.5 },
  cnn: { compiled: 1.2, twoOverOne: 1.5 },
  transformer: { traced: 0.75, compiled: 1.1, twoOverOne: 1.8 },
  lstm: { compiled: 0.85 },
};

type Name = "traced" | "compiled" | "two" | "pair" | "torch" | "torchTwo" | "tfjs" | "jaxJs";

const urlOf = (file: string) => new URL(file, import.meta.url);

/** The rows of one model; those of peers that are absent are left out. */
export async function benchModel(model: ModelName, peers: Peers, rounds: number): Promise<Row[]> {
  const ms = await contestOfPresent(await contenders(model, peers), rounds);
  const goals = GOALS[model];
  const target = (atLeast: number | undefined): Target | null =>
    atLeast === undefined ? null : { of: "ratio", atLeast };
  const step = (
    ours: number,
    how: string,
    peer: number | undefined,
    peerName: string,
    goal?: number,
  ) =>
    peer === undefined
      ? []
      : [
          lessIsBetter({
            name: `${model} on onnx, ${how}, step of 1 replica`,
            ...{ unit: "ms", ours, peer, peerName, target: target(goal) },
          }),
        ];
  const perSecond = (replicas: number, time: number) =>
    (replicas * BATCH_SIZES[model] * 1000) / time;
  const pair = (peer: number | undefined, peerName: string, goal?: number) =>
    peer === undefined
      ? []
      : [
          moreIsBetter({
            name: `${model} on onnx, compiled, 2 replicas`,
            ...{ unit: "samples/s", ours: perSecond(2, ms.two ?? Number.NaN), peer, peerName },
            target: target(goal),
          }),
        ];
  const [traced, compiled] = [ms.traced ?? Number.NaN, ms.compiled ?? Number.NaN];
  const torchTwo = ms.torchTwo === undefined ? undefined : perSecond(2, ms.torchTwo);
  return [
    ...step(traced, "traced", ms.torch, "PyTorch eager", goals.traced),
    ...step(compiled, "compiled", ms.torch, "PyTorch eager", goals.compiled),
    ...step(traced, "traced", ms.tfjs, "tfjs-wasm as shipped", 30),
    ...step(traced, "traced", ms.jaxJs, "jax-js, jit"),
    ...step(compiled, "compiled", ms.jaxJs, "jax-js, jit", 4),
    ...pair(torchTwo, "PyTorch DDP, gloo, 2 processes", goals.twoOverPeer),
    ...pair(perSecond(1, compiled), "1 replica", goals.twoOverOne),
    ...pair(perSecond(2, ms.pair ?? Number.NaN), "2 processes of 1 replica each"),
  ];
}

async function contenders(
  model: ModelName,
  { python, jaxJs }: Peers,
): Promise<Partial<Record<Name, Contender>>> {
  const steps = String(STEPS[model]);
  const ours = (mode: string, replicas: number): Contender =>
    nodeProgram(urlOf("./ours.ts"), [model, "onnx", mode, steps, String(replicas)], {
      env: { ACC_ONNX_THREADS: "1" },
    });
  const torch = (processes: number): Contender => ({
    command: [
      python as string,
      fileURLToPath(urlOf("./torch/train.py")),
      model,
      steps,
      String(processes),
    ],
    env: { OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
    isOptional: true,
  });
  const slowSteps = String(SLOW_STEPS);
  return {
    ...{ traced: ours("traced", 1), compiled: ours("compiled", 1), two: ours("compiled", 2) },
    pair: pairOf(ours("compiled", 1)),
    ...(python ? { torch: torch(1), torchTwo: torch(2) } : {}),
    ...(model === "mlp"
      ? { tfjs: { ...nodeProgram(urlOf("./tfjs-wasm.ts"), [model, slowSteps]), isOptional: true } }
      : {}),
    ...(model === "mlp" && jaxJs
      ? {
          jaxJs: {
            command: [
              ...[`${await nodeFolder(24)}/node`, fileURLToPath(urlOf("./jax-js.mjs"))],
              ...[jaxJs, slowSteps],
            ],
            isOptional: true,
          },
        }
      : {}),
  };
}
