import { basename, join } from "node:path";
import { type Json, readBack } from "@acc/test-kit/parity/parity";
import { pythonOf } from "@acc/test-kit/peers/python";
import { type ReadSequence, readRepo } from "@acc/test-kit/servers/aim-server";
import { readRuns } from "@acc/test-kit/servers/read-mlflow";

/** What a reader finds of one run: values of each metric in the order of the steps 0, 1, 2, …, and the configuration. */
export type ReadValues = {
  readonly loss: readonly number[];
  readonly accuracy: readonly number[];
  readonly learningRate: number;
};

/** Where a run was made and what its servers are. */
export type Place = {
  /** Working directory of the script. */
  readonly folder: string;
  /** Address of the MLflow server. */
  readonly mlflow: string;
  /** Folder of the Aim server's repository. */
  readonly aimRepo: string;
};

type Point = readonly [step: number, value: number];
type Row = { readonly step: number; readonly [key: string]: unknown };

/** Python that has the official reader of a tracker; undefined if it was not installed. */
export function pythonFor(tracker: string): string | undefined {
  const folder = tracker.replaceAll("_", "-");
  return pythonOf(`packages/trackers/${folder}/test/fixtures/requirements.txt`);
}

/** A reader for each tracker, by what its own users read with. Throws if it does not find exactly one run. */
export const READERS: { readonly [tracker: string]: (place: Place) => Promise<ReadValues> } = {
  async tensorboard({ folder }) {
    const { runs } = (await read("tensorboard", folder)) as {
      runs: Record<
        string,
        {
          scalars: Record<string, Point[]>;
          hparams: Record<string, { hparams?: Record<string, { number_value: number }> }>;
        }
      >;
    };
    const { scalars, hparams } = only(Object.values(runs));
    const { learning_rate } = hparams["_hparams_/session_start_info"]?.hparams ?? {};
    return valuesOf((key) => scalars[key], learning_rate?.number_value);
  },

  async wandb({ folder }) {
    const { history, config } = (await read("wandb", join(folder, "runs"))) as {
      history: [number, Record<string, number>][];
      config: { learning_rate: number };
    };
    const pointsOf = (key: string) =>
      history.map(([step, row]) => [step, row[key] as number] as const);
    return valuesOf(pointsOf, config.learning_rate);
  },

  async comet_ml({ folder }) {
    const { metrics, params } = (await read("comet_ml", join(folder, "comet"))) as {
      metrics: [name: string, step: number, value: number][];
      params: [name: string, step: number, value: string][];
    };
    const pointsOf = (key: string) =>
      metrics.filter(([name]) => name === key).map(([, step, value]) => [step, value] as const);
    return valuesOf(pointsOf, params.find(([name]) => name === "learning_rate")?.[2]);
  },

  async clearml({ folder }) {
    const { events, hyperparams } = (await read("clearml", join(folder, "clearml"))) as {
      events: { metric: string; iter: number; value: number }[];
      hyperparams: Record<string, Record<string, { value: string }>>;
    };
    const pointsOf = (key: string) =>
      events
        .filter(({ metric }) => metric === key)
        .map(({ iter, value }) => [iter, value] as const);
    const learningRate = Object.values(hyperparams).find((section) => "learning_rate" in section);
    return valuesOf(pointsOf, learningRate?.learning_rate?.value);
  },

  async dvclive({ folder }) {
    const { tsv, params_yaml } = (await read("dvclive", folder)) as {
      tsv: Record<string, string[][]>;
      params_yaml: string;
    };
    const pointsOf = (key: string) =>
      tsv[`${key}.tsv`]
        ?.slice(1) // the names of the columns
        .map(([step, value]) => [Number(step), Number(value)] as const);
    return valuesOf(pointsOf, /^learning_rate: (.*)$/m.exec(params_yaml)?.[1]);
  },

  async trackio({ folder }) {
    const { projects } = (await read("trackio", folder)) as {
      projects: Record<string, Record<string, { config: { learning_rate: number }; logs: Row[] }>>;
    };
    const { config, logs } = only(Object.values(only(Object.values(projects))));
    const pointsOf = (key: string) =>
      logs.flatMap((row) => (key in row ? [[row.step, row[key] as number] as const] : []));
    return valuesOf(pointsOf, config.learning_rate);
  },

  async swanlab({ folder }) {
    const { records, config_yaml } = (await read("swanlab", folder)) as {
      records: { scalar?: { key: string; step?: string; value: { number?: number } } }[];
      config_yaml: { learning_rate: { value: number } };
    };
    const pointsOf = (key: string) =>
      records
        .flatMap(({ scalar }) => (scalar?.key === key ? [scalar] : []))
        .map(({ step = "0", value: { number = 0 } }) => [Number(step), number] as const);
    return valuesOf(pointsOf, config_yaml.learning_rate.value);
  },

  async mlflow({ folder, mlflow }) {
    const runs = await readRuns(pythonFor("mlflow") as string, mlflow, basename(folder));
    const { metrics, params, status } = only(runs);
    if (status !== "FINISHED") throw new Error(`the run at MLflow is ${status}`);
    const pointsOf = (key: string) =>
      metrics[key]?.map(([step, value]) => [step, Number(value)] as const);
    return valuesOf(pointsOf, params.learning_rate);
  },

  async aim({ folder, aimRepo }) {
    const runs = await readRepo(aimRepo);
    const { sequences, params, active } = only(
      runs.filter(({ experiment }) => experiment === basename(folder)),
    );
    if (active) throw new Error("the run at Aim has not ended");
    const pointsOf = (key: string) =>
      sequences
        .find(({ name }) => name === key)
        ?.points.map(({ step, value }) => [step, aimNumber(value)] as const);
    return valuesOf(pointsOf, (params.hparams as { learning_rate?: number }).learning_rate);
  },
};

async function read(tracker: string, folder: string): Promise<{ readonly [key: string]: Json }> {
  return readBack(tracker, folder, pythonFor(tracker) as string);
}

/** The reader spells whole floats apart from integers. */
function aimNumber(value: ReadSequence["points"][number]["value"]): number {
  return Number(typeof value === "object" && value ? Object.values(value)[0] : value);
}

function valuesOf(
  pointsOf: (key: string) => readonly Point[] | undefined,
  learningRate: number | string | undefined,
): ReadValues {
  const series = (key: string) => {
    const points = [...(pointsOf(key) ?? [])].sort(([a], [b]) => a - b);
    const steps = points.map(([step]) => step);
    if (steps.some((step, index) => step !== index)) throw new Error(`${key} has steps ${steps}`);
    return points.map(([, value]) => value);
  };
  return {
    ...{ loss: series("loss"), accuracy: series("eval/accuracy") },
    learningRate: Number(learningRate),
  };
}

function only<T>(found: readonly T[]): T {
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`found ${found.length} runs, not one`);
  return one;
}
