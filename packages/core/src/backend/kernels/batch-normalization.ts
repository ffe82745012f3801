import {
  broadcast_util,
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
  type TypedArray,
  util,
} from "@tensorflow/tfjs-core";

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** The statistics of a batch normalisation. */
const STATISTICS = ["mean", "variance", "offset", "scale"] as const;

/** Whether a statistic has to be repeated other than from the start again, which is all that the kernels of tfjs do. */
export function repeatsStatistics({ x, ...inputs }: Inputs): boolean {
  return STATISTICS.some((name) => mustBeRepeated(x as TensorInfo, inputs[name]));
}

const mustBeRepeated = (x: TensorInfo, statistic: TensorInfo | undefined): boolean => {
  if (!statistic || statistic.shape.length < 2) return false;
  return !util.arraysEqual(statistic.shape, x.shape);
};

/** Batch normalisation on the cpu backend, along any axis. */
export function batchNormalization(stock: KernelFunc | undefined): KernelFunc {
  if (!stock) throw new Error("The backend has no FusedBatchNorm.");
  return (call) => {
    const inputs = call.inputs as Inputs;
    if (!repeatsStatistics(inputs)) return stock(call);
    const backend = call.backend as KernelBackend;
    const made: TensorInfo[] = [];
    const whole: Record<string, TensorInfo | undefined> = { ...inputs };
    for (const name of STATISTICS) {
      const statistic = inputs[name];
      if (!statistic || !mustBeRepeated(inputs.x as TensorInfo, statistic)) continue;
      const repeated = repeat(backend, statistic, (inputs.x as TensorInfo).shape);
      made.push(repeated);
      whole[name] = repeated;
    }
    const result = stock({ ...call, inputs: whole as Record<string, TensorInfo> });
    for (const { dataId } of made) backend.disposeData(dataId);
    return result;
  };
}

function repeat(backend: KernelBackend, statistic: TensorInfo, shape: number[]): TensorInfo {
  broadcast_util.assertAndGetBroadcastShape(statistic.shape, shape);
  const values = backend.readSync(statistic.dataId) as TypedArray;
  const own = [...Array(shape.length - statistic.shape.length).fill(1), ...statistic.shape];
  const strides = util.computeStrides(own).concat(1);
  const steps = util.computeStrides(shape).concat(1);
  const result = new Float32Array(util.sizeFromShape(shape));
  for (let i = 0; i < result.length; i++) {
    let [rest, place] = [i, 0];
    for (let axis = 0; axis < shape.length; axis++) {
      const index = Math.floor(rest / (steps[axis] as number));
      rest -= index * (steps[axis] as number);
      if (own[axis] !== 1) place += index * (strides[axis] as number);
    }
    result[i] = values[place] as number;
  }
  return { dataId: backend.write(result, shape, "float32"), shape, dtype: "float32" };
}
