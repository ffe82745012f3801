/** Names for `logWith`. Reads as an enum, but is erasable: Node.js strips types and compiles no `enum`. */
export const LoggerType = {
  All: "all",
  Aim: "aim",
  ClearML: "clearml",
  CometML: "comet_ml",
  DVCLive: "dvclive",
  /** No service: the run stays in its folder, where `acc ui` and `acc runs` find it. */
  Local: "local",
  MLflow: "mlflow",
  SwanLab: "swanlab",
  TensorBoard: "tensorboard",
  Trackio: "trackio",
  WandB: "wandb",
} as const;
export type LoggerType = (typeof LoggerType)[keyof typeof LoggerType];
