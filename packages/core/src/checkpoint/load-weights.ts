import type { Collective } from "../collective/collective.ts";
import { errorOf, type Fault, faultOf } from "../fault.ts";
import { checkArgument, checkOptions } from "../options/check-options.ts";
import { withoutGradients } from "../step/autograd.ts";
import type { ModelRegistry } from "../train/model-registry.ts";
import { assignStored } from "./assign-stored.ts";
import { expand } from "./checkpoint-folder.ts";
import { readSharded } from "./files/sharded.ts";
import { matchVariables } from "./model-match.ts";
import { requireModel } from "./model-weights.ts";
import { type ReadTensor, shareTensors } from "./shared-tensors.ts";
import { requireStored } from "./tensor-source.ts";

/** Options of `loadCheckpointInModel`. */
export type LoadModelOptions = {
  /** If false, variables that fit by name and shape are loaded, and a warning names the others. Default true. */
  readonly strict?: boolean;
};

const CALL = "loadCheckpointInModel()";

/**
 * Gives a model the weights of a file or folder. One rank reads, all check, then all assign. Collective.
 *
 * @throws {AcceleratorError} `CHECKPOINT_…` on every rank; then nothing has changed.
 */
export async function loadWeights(
  model: object,
  path: string,
  options: LoadModelOptions,
  { collective, models }: { readonly collective: Collective; readonly models: ModelRegistry },
): Promise<void> {
  checkOptions<LoadModelOptions>("loadCheckpointInModel", options, { strict: "boolean" });
  checkArgument("loadCheckpointInModel", "path", path, "path");
  const { strict = true } = options;
  const variables = requireModel(model).all;
  const read =
    collective.rank === 0 ? await readWeights(expand(path), collective.worldSize > 1) : undefined;
  const mine = { specs: read?.tensors?.map(({ spec }) => spec) ?? [], fault: read?.fault };
  const { specs, fault } = collective.broadcastObject(mine, 0, CALL);
  if (fault) throw errorOf(fault);
  const source = shareTensors(collective, specs, read?.tensors, CALL);
  const plan = attempt(() => matchVariables(specs, variables, { model: "the model", strict }));
  const faults = collective.allGatherObject(plan.fault, CALL);
  const first = faults.find((one) => one !== undefined);
  if (first) throw errorOf(first);
  const { pairs, notice } = plan.value as NonNullable<typeof plan.value>;
  withoutGradients(() => {
    for (const [variable, { name }] of pairs)
      assignStored(variable, requireStored(source, FILE, name));
  });
  models.statistics.note(models.variables.filter((variable) => pairs.has(variable)));
  if (notice !== undefined && collective.rank === 0) {
    process.emitWarning(`loadCheckpointInModel: ${notice}`, "AcceleratorWarning");
  }
  collective.barrier(CALL); // it has loaded when all ranks have
}

/** The tensors count as one file. */
const FILE = "";

async function readWeights(
  path: string,
  isShared: boolean,
): Promise<{ readonly tensors?: ReadTensor[]; readonly fault?: Fault | undefined }> {
  try {
    const tensors = await readSharded(path, { isShared });
    const read = [...tensors].map(([name, { dtype, shape, bytes }]) => ({
      spec: { file: FILE, name, dtype, shape, byteLength: bytes.byteLength },
      bytes,
    }));
    return { tensors: read };
  } catch (error) {
    return { fault: faultOf(error, "CHECKPOINT_FAILED") };
  }
}

function attempt<T>(call: () => T): { readonly value?: T; readonly fault?: Fault } {
  try {
    return { value: call() };
  } catch (error) {
    return { fault: faultOf(error, "CHECKPOINT_FAILED") };
  }
}
