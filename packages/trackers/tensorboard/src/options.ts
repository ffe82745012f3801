import type { OptionRules } from "@acc/core/tracker";

/** Options of the tracker, for `initTrackers(…, { initOptions: { tensorboard: … } })`. */
export type TensorBoardOptions = {
  /** Step at which this program continues; TensorBoard drops the values of earlier files from there on. Default 0. */
  readonly resumeStep?: number;
  /** End of the event file's name. */
  readonly filenameSuffix?: string;
  /**
   * `"tags"`: nested values become `name/part`. `"runs"`: as Accelerate writes them, each part of `name` in a run
   * of its own beside the others, `<run>/name_part`, under the tag `name`. Default `"tags"`.
   */
  readonly nestedScalars?: "tags" | "runs";
  /** `"grid"`: a batch of images is one picture. `"separate"`: tags `name/0`, `name/1`, …. Default `"grid"`. */
  readonly imageLayout?: "grid" | "separate";
  /** Also write every number as an exact double, under `name.f64`. Default false. */
  readonly doubles?: boolean;
  /** Wait for the disk after every call, not only at the end. Default false. */
  readonly syncOnLog?: boolean;
  /**
   * `"run"`: hparams are part of the run. `"subrun"`: as Accelerate writes them, in a run of their own named
   * after the time, without metrics. Default `"run"`.
   */
  readonly hparams?: "run" | "subrun";
};

export const TENSORBOARD_OPTION_RULES: OptionRules<TensorBoardOptions> = {
  resumeStep: "any",
  filenameSuffix: "string",
  nestedScalars: { oneOf: ["tags", "runs"] },
  imageLayout: { oneOf: ["grid", "separate"] },
  doubles: "boolean",
  syncOnLog: "boolean",
  hparams: { oneOf: ["run", "subrun"] },
};
