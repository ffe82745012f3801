import { AcceleratorError } from "@acc/core/tracker";
import { portions, type SendOptions } from "@acc/tracker-kit";
import { uploadArtifact } from "./client/artifact-upload.ts";
import { TrackioClient } from "./client/client.ts";
import { keyHeaders, type RemoteTarget } from "./client/connection.ts";
import { recordText } from "./format/record.ts";
import type { Operation } from "./operation.ts";
import type { TrackioOptions } from "./options.ts";
import type { Sink } from "./sink.ts";
import type { FoundRun } from "./state.ts";

const REQUEST_LIMITS = { maxItems: 500, maxBytes: 1_000_000 };

/** A server of Trackio, or a Space. */
export class OnlineSink implements Sink {
  readonly #target: RemoteTarget;
  readonly #options: TrackioOptions;
  #isKnown = false;

  constructor(target: RemoteTarget, options: TrackioOptions) {
    this.#target = target;
    this.#options = options;
  }

  async find(project: string, name: string, signal: AbortSignal): Promise<FoundRun | undefined> {
    const client = await this.#connect(signal);
    const runs = (await client.runs(project)).filter((run) => run.name === name);
    const [latest] = runs.sort((a, b) => ((a.created_at ?? "") < (b.created_at ?? "") ? 1 : -1));
    if (!latest) return undefined;
    return { runId: latest.id, lastStep: await client.lastStep(project, latest.id) };
  }

  async send(operations: readonly Operation[], { signal, leaveOut }: SendOptions): Promise<void> {
    if (operations.length === 0) return;
    const client = await this.#connect(signal);
    const rows: string[] = [];
    const system: string[] = [];
    const alerts: string[] = [];
    for (const operation of operations) {
      switch (operation.kind) {
        case "metric":
          rows.push(recordText(operation));
          break;
        case "system_metric":
          system.push(recordText(operation));
          break;
        case "alert":
          alerts.push(recordText(operation));
          break;
        case "media":
          await this.#uploadMedia(client, operation); // before the row that names it
          break;
        case "artifact":
          try {
            await uploadArtifact(client, operation.run, operation.artifact);
          } catch (error) {
            if (!(error instanceof AcceleratorError)) throw error;
            leaveOut(`the artifact "${operation.artifact.name}"`, error.message);
          }
          break;
        default:
          operation satisfies never;
      }
    }
    for (const part of portions(rows, REQUEST_LIMITS)) await client.bulk("bulk_log", part);
    for (const part of portions(system, REQUEST_LIMITS)) {
      await client.bulk("bulk_log_system", part);
    }
    for (const part of portions(alerts, REQUEST_LIMITS)) await client.bulkAlert(part);
  }

  async #uploadMedia(
    client: TrackioClient,
    { run, file }: Extract<Operation, { kind: "media" }>,
  ): Promise<void> {
    const { project, run_id } = run;
    const { runFolder, step, name, bytes } = file;
    const uploaded_file = await client.stage(new Blob([new Uint8Array(bytes)]), name);
    const place = { project, run: runFolder, run_id, step, relative_path: null };
    await client.uploadMedia([{ ...place, uploaded_file }]);
  }

  async #connect(signal: AbortSignal): Promise<TrackioClient> {
    const { baseUrl } = this.#target;
    const client = new TrackioClient(baseUrl, keyHeaders(this.#target, this.#options), signal);
    if (!this.#isKnown) await client.requireVersion();
    this.#isKnown = true;
    return client;
  }
}
