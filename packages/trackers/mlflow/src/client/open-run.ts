import { TrackerUnreachableError } from "@acc/core/tracker";
import { storableText } from "../format/storable-text.ts";
import type { RunSettings } from "../settings.ts";
import type { MlflowClient, ServerRun } from "./client.ts";
import { Refusal } from "./refusal.ts";

/** Tag with the id of our run, so that MLflow's run is found again if the answer to its creation was lost. */
export const RECORDING_TAG = "acc.run";

const MAX_EXPERIMENT_NAME = 500;

/** Our run, for which a run of MLflow is opened. */
export type Recorded = { readonly id: string; readonly startedMs: number };

/**
 * Opens the run at the server: the one to continue, or the one that was made before for our run, or a new one. It is
 * idempotent.
 *
 * @throws {TrackerUnreachableError} `permanent` if the run or its experiment is gone or deleted.
 */
export async function openRun(
  client: MlflowClient,
  settings: RunSettings,
  recorded: Recorded,
): Promise<ServerRun> {
  if (settings.runId !== undefined) return resumeRun(client, settings.runId);
  const experimentId = await openExperiment(client, settings);
  const known = await client.findRun(experimentId, RECORDING_TAG, recorded.id);
  if (known) return requireActive(known);
  return client.createRun({
    experimentId,
    runName: settings.runName,
    userId: settings.userId,
    startTimeMs: recorded.startedMs,
    tags: {
      ...settings.systemTags,
      [RECORDING_TAG]: recorded.id,
      ...(settings.parentRunId === undefined ? {} : { "mlflow.parentRunId": settings.parentRunId }),
    },
  });
}

async function resumeRun(client: MlflowClient, runId: string): Promise<ServerRun> {
  const run = requireActive(await findById(client, runId));
  await client.updateRun(runId, "RUNNING");
  return run;
}

async function findById(client: MlflowClient, runId: string): Promise<ServerRun> {
  try {
    return await client.getRun(runId);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw unusable(`the run ${runId} is not at ${client.trackingUri} (${error.message})`);
  }
}

async function openExperiment(client: MlflowClient, settings: RunSettings): Promise<string> {
  const name = storableText(settings.experimentName, MAX_EXPERIMENT_NAME);
  let experiment = await client.findExperiment(name);
  if (!experiment) {
    try {
      return await client.createExperiment(name, settings.artifactLocation);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "RESOURCE_ALREADY_EXISTS")) throw error;
      experiment = await client.findExperiment(name); // another client was faster
    }
  }
  if (!experiment || experiment.isDeleted) {
    throw unusable(
      `the experiment ${JSON.stringify(name)} is deleted: restore it (mlflow experiments restore)`,
    );
  }
  return experiment.id;
}

function requireActive(run: ServerRun): ServerRun {
  if (!run.isDeleted) return run;
  throw unusable(
    `the run ${run.runId} is deleted: restore it (mlflow runs restore --run-id ${run.runId})`,
  );
}

/** For a run that only the user can make usable again. The events stay in the journal. */
export function unusable(what: string): TrackerUnreachableError {
  return new TrackerUnreachableError(`${what}, then run \`acc sync\``, { permanent: true });
}
