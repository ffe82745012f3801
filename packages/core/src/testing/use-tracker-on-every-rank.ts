import { Accelerator } from "../accelerator/accelerator.ts";

/** The argument of each rank of the launched run in the contract. */
type Task = {
  readonly name: string;
  readonly moduleUrl: string;
  readonly folder: string;
  readonly options: object | undefined;
  readonly deliveryTimeoutMs: number | undefined;
};

/**
 * A training script: every rank uses the whole interface of the tracker, though only the first records.
 *
 * @returns whether the rank found the tracker or a blank one.
 */
export default async function useTracker(task: Task): Promise<string> {
  const { name, moduleUrl, folder, options = {}, deliveryTimeoutMs = 10_000 } = task;
  await import(moduleUrl);
  const accelerator = new Accelerator({ logWith: name, projectDir: folder });
  await accelerator.initTrackers("contract", {
    initOptions: { [name]: options },
    deliveryTimeoutMs,
  });
  const tracker = accelerator.getTracker(name);
  await tracker.log({ rank: accelerator.processIndex }, { step: 0 });
  await tracker.storeInitConfiguration({ rank: accelerator.processIndex });
  await tracker.logImages?.({ image: { data: new Uint8Array(4), shape: [2, 2] } }, { step: 0 });
  await tracker.logTable?.({ table: { columns: ["a"], rows: [[1]] } }, { step: 0 });
  const spec = { data: [{ y: [1, 2] }] };
  await tracker.logFigure?.({ figure: { type: "plotly", spec } }, { step: 0 });
  const isBlank = tracker.constructor.name === "BlankTracker";
  await accelerator.endTraining();
  return isBlank ? "blank" : "recorded";
}
