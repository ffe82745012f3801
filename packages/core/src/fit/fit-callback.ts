import type { Scalar, Tensor } from "@tensorflow/tfjs-core";

/** Values of a batch or an epoch, by name. */
export type FitLogs = { readonly [name: string]: number | Scalar };

/**
 * A callback of `fit` and `fitDataset`. It has every member of `tf.CustomCallbackArgs` and of `tf.Callback`, so it can be
 * the only callback, or stand in a list of either.
 */
export type FitCallback = {
  validationData: Tensor | Tensor[];
  params: Record<string, number | string | boolean | number[] | string[] | boolean[]>;
  readonly setParams: (params: FitCallback["params"]) => void;
  readonly setModel: (model: unknown) => void;
  readonly onTrainBegin: (logs?: FitLogs) => Promise<void>;
  readonly onTrainEnd: (logs?: FitLogs) => Promise<void>;
  readonly onEpochBegin: (epoch: number, logs?: FitLogs) => Promise<void>;
  readonly onEpochEnd: (epoch: number, logs?: FitLogs) => Promise<void>;
  readonly onBatchBegin: (batch: number, logs?: FitLogs) => Promise<void>;
  readonly onBatchEnd: (batch: number, logs?: FitLogs) => Promise<void>;
};

type Hooks = Partial<
  Pick<FitCallback, "onEpochBegin" | "onEpochEnd" | "onBatchEnd" | "onTrainBegin">
>;

const made = new WeakSet<object>();

/** A callback of ours. Its members need no `this`: tfjs takes them off the object. */
export function fitCallback(hooks: Hooks): FitCallback {
  const nothing = async (): Promise<void> => {};
  const callback: FitCallback = {
    validationData: [],
    params: {},
    setParams: () => {},
    setModel: () => {},
    ...{ onTrainBegin: nothing, onTrainEnd: nothing, onEpochBegin: nothing, onEpochEnd: nothing },
    ...{ onBatchBegin: nothing, onBatchEnd: nothing },
    ...hooks,
  };
  made.add(callback);
  return callback;
}

/**
 * The callbacks of a user and `added`, as `fit` takes them: what comes first decides how tfjs reads a list, so those that
 * can stand in any list come last.
 */
export function joinCallbacks(callbacks: unknown, added: readonly FitCallback[]): unknown[] {
  const list = callbacks === undefined || callbacks === null ? [] : [callbacks].flat();
  const isOurs = (callback: unknown) => made.has(callback as object);
  return [...list.filter((one) => !isOurs(one)), ...list.filter(isOurs), ...added];
}

/** Names and values of numbers among logs. Tensors are read, and stay the caller's. */
export function numbersOf(logs: FitLogs, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = logs[name];
      if (value === undefined) return [];
      return [[name, typeof value === "number" ? value : (value.dataSync()[0] as number)]];
    }),
  );
}
