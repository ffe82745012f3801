import {
  complex,
  type DataType,
  slice,
  type Tensor,
  tensor,
  tidy,
  Variable,
} from "@tensorflow/tfjs-core";
import type { Collective, NumericArray, ReduceOp } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { foundArgument } from "../options/found-text.ts";
import { mapTogether } from "./map-together.ts";
import { mapTensors, type TensorStructure } from "./tensor-structure.ts";

const REDUCE_OPS: readonly string[] = ["sum", "mean", "max", "min"] satisfies ReduceOp[];

/**
 * Concatenates the tensors of all ranks along the first axis, in rank order, on every rank. A scalar counts
 * as shape `[1]`. The result belongs to the active step, or to the caller outside of one.
 */
export function gatherTensors<T extends TensorStructure>(
  value: T,
  collective: Collective,
): Promise<T> {
  const operate = async (part: Tensor, call: string): Promise<Tensor> => {
    const [rows = 1, ...rest] = part.shape;
    const shape = [rows * collective.worldSize, ...rest];
    if (part.dtype === "string") {
      const strings = (await part.data()) as unknown as string[];
      return tensor(collective.allGatherObject(strings, call).flat(), shape, "string");
    }
    const parts = collective.allGather(await readNumeric(part), call);
    return makeTensor(concatenate(parts), shape, part.dtype);
  };
  return mapTogether(value, collective, { call: "gather", describe: describeTensor, operate });
}

/**
 * Combines the tensors of all ranks element by element. The input is untouched.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` for an unknown `op`, and for the mean of integers.
 */
export async function reduceTensors<T extends TensorStructure>(
  value: T,
  op: ReduceOp,
  collective: Collective,
): Promise<T> {
  if (!REDUCE_OPS.includes(op)) {
    throw new AcceleratorError(
      "OPTION_INVALID",
      `reduce: op must be one of ${REDUCE_OPS.join(", ")}, got ${foundArgument(op, 'reduce(value, "mean")')}.`,
    );
  }
  const operate = async (part: Tensor, call: string): Promise<Tensor> => {
    const own = (await readNumeric(part)).slice() as Float32Array | Int32Array;
    collective.allReduce(own, op, call);
    return makeTensor(own, part.shape, part.dtype);
  };
  const fault = (part: Tensor): AcceleratorError | undefined => reductionFault(part, op);
  return mapTogether(value, collective, {
    call: "reduce",
    describe: describeTensor,
    fault,
    operate,
  });
}

function reductionFault({ dtype }: Tensor, op: ReduceOp): AcceleratorError | undefined {
  if (dtype === "string") {
    return new AcceleratorError("VALUE_INVALID", "reduce combines numbers; found strings.");
  }
  const isOrdered = dtype !== "complex64" || op === "sum" || op === "mean";
  if (isOrdered && dtype !== "bool" && !(op === "mean" && dtype === "int32")) return undefined;
  return new AcceleratorError(
    "OPTION_INVALID",
    `reduce: the ${op} of ${dtype} values is not defined; cast the tensor to float32 first.`,
  );
}

/**
 * The tensors of `fromProcess` on every rank. A `tf.Variable` is overwritten and returned; of a tensor,
 * which cannot change, a new one is returned.
 */
export async function broadcastTensors<T extends TensorStructure>(
  value: T,
  fromProcess: number,
  collective: Collective,
): Promise<T> {
  requireRank("broadcast", fromProcess, collective.worldSize);
  const operate = async (part: Tensor, call: string): Promise<Tensor> => {
    const received = await receive(part, fromProcess, collective, call);
    if (!(part instanceof Variable)) return received;
    part.assign(received);
    received.dispose();
    return part;
  };
  return mapTogether(value, collective, { call: "broadcast", describe: describeTensor, operate });
}

/** The first `rows` rows of every tensor. */
export function keepRows<T extends TensorStructure>(value: T, rows: number): Promise<T> {
  return mapTensors(value, async (part) =>
    tidy(() => slice(part, 0, Math.min(rows, part.shape[0] ?? 0))),
  );
}

/** @throws {AcceleratorError} `OPTION_INVALID` unless `rank` is one of the group. */
export function requireRank(call: string, rank: number, worldSize: number): void {
  if (Number.isInteger(rank) && rank >= 0 && rank < worldSize) return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `${call}: fromProcess must be a rank from 0 to ${worldSize - 1}, got ${foundArgument(rank, `${call}(value, 0)`)}.`,
  );
}

async function receive(
  part: Tensor,
  fromProcess: number,
  collective: Collective,
  call: string,
): Promise<Tensor> {
  if (part.dtype === "string") {
    const strings = (await part.data()) as unknown as string[];
    return tensor(collective.broadcastObject(strings, fromProcess, call), part.shape, "string");
  }
  const data = (await readNumeric(part)).slice();
  collective.broadcast(data, fromProcess, call);
  return makeTensor(data, part.shape, part.dtype);
}

/** Complex values alternate with their imaginary parts, as tfjs reads them. */
function makeTensor(data: NumericArray, shape: number[], dtype: DataType): Tensor {
  if (dtype !== "complex64") return tensor(data, shape, dtype);
  return tidy(() => {
    const part = (offset: number) =>
      tensor(
        data.filter((_, i) => i % 2 === offset),
        shape,
        "float32",
      );
    return complex(part(0), part(1));
  });
}

async function readNumeric(part: Tensor): Promise<NumericArray> {
  return (await part.data()) as NumericArray;
}

function describeTensor({ shape, dtype }: Tensor): string {
  return `${dtype}[${shape.join(", ")}]`;
}

function concatenate<T extends NumericArray>(parts: readonly T[]): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const [first] = parts as [T]; // every rank contributes one
  const whole = new (first.constructor as new (length: number) => T)(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
