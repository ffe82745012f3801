import { Accelerator } from "@acc/core";

export type RecordedRun = {
  readonly project?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Time between two samples of the load. Without it neither the load nor the console is recorded. */
  readonly intervalSeconds?: number;
};

/** Records a run below a folder, as a training does, and ends it. */
export async function recordRun(
  folder: string,
  run: RecordedRun,
  train: (accelerator: Accelerator) => void | Promise<void>,
): Promise<void> {
  const accelerator = await beginRun(folder, run);
  await train(accelerator);
  await accelerator.endTraining();
}

/** A run that goes on until the caller ends it. */
export async function beginRun(
  folder: string,
  { project = "digits", config = {}, intervalSeconds }: RecordedRun,
): Promise<Accelerator> {
  const accelerator = new Accelerator({ logWith: "local", projectDir: folder });
  await accelerator.initTrackers(project, {
    config: config as never,
    monitoring: intervalSeconds === undefined ? false : { intervalSeconds },
  });
  return accelerator;
}
