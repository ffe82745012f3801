import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const READER = fileURLToPath(
  new URL("../../../trackers/mlflow/test/fixtures/vectors/read.py", import.meta.url),
);

/** A run as MLflow's own client reads it. Names of members are the reader's. */
export type ReadRun = {
  readonly name: string;
  readonly status: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly latest: Readonly<Record<string, number | string>>;
  readonly metrics: Readonly<
    Record<string, [step: number, value: number | string, timestamp: number][]>
  >;
  readonly artifacts: readonly { readonly path: string; readonly size: number }[];
};

/** The runs of an experiment in order of their start. */
export async function readRuns(
  python: string,
  uri: string,
  experiment: string,
  env: Record<string, string> = {},
): Promise<ReadRun[]> {
  const { stdout } = await promisify(execFile)(python, [READER, uri, experiment], {
    maxBuffer: 1 << 28,
    timeout: 100_000,
    env: { ...process.env, MLFLOW_TRACKING_URI: uri, MLFLOW_DISABLE_TELEMETRY: "true", ...env },
  });
  return (JSON.parse(stdout) as { runs: ReadRun[] }).runs;
}
