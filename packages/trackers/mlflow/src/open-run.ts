import { TrackerUnreachableError } from "@acc/core";
import type { MlflowClient, ServerRun } from "./mlflow-client.ts";
import { Refusal } from "./refusal.ts";
import type { RunIntent } from "./run-intent.ts";
import { safeText } from "./safe-text.ts";

/** Tag that tells which recording made a run, so that a creation whose answer was lost is found again. */
export const RECORDING_TAG = "acc.run";

const MAX_EXPERIMENT_NAME = 500;

/** The recording that a run is opened for. */
export type Recorded = { readonly id: string; readonly startedMs: number };

/**
 * Opens the run at the server: the one to go on with, or the one this recording made before, or a new one. Doing it
 * twice comes to the same as once.
 *
 * @throws {TrackerUnreachableError} `permanent` if the run or its experiment is gone or deleted.
 */
export async function openRun(
  client: MlflowClient,
  intent: RunIntent,
  recorded: Recorded,
): Promise<ServerRun> {
  if (intent.runId !== undefined) return resumeRun(client, intent.runId);
  const experimentId = await openExperiment(client, intent);
  const known = await client.findRun(experimentId, RECORDING_TAG, recorded.id);
  if (known) return requireActive(known);
  return client.createRun({
    experimentId,
    runName: intent.runName,
    userId: intent.userId,
    startTimeMs: recorded.startedMs,
    tags: {
      ...intent.systemTags,
      [RECORDING_TAG]: recorded.id,
      ...(intent.parentRunId === undefined ? {} : { "mlflow.parentRunId": intent.parentRunId }),
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

async function openExperiment(client: MlflowClient, intent: RunIntent): Promise<string> {
  const name = safeText(intent.experimentName, MAX_EXPERIMENT_NAME);
  let experiment = await client.findExperiment(name);
  if (!experiment) {
    try {
      return await client.createExperiment(name, intent.artifactLocation);
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

/** Waiting does not help, but somebody can: the events stay in the journal. */
export function unusable(what: string): TrackerUnreachableError {
  return new TrackerUnreachableError(`${what}, then run \`acc sync\``, { permanent: true });
}
