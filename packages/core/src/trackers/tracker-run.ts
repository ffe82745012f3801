import { keptFiles } from "../journal/run-folder.ts";
import type { TrackerEvent } from "./tracker-event.ts";
import type { TrackerState } from "./tracker-options.ts";
import type { TrackerRun } from "./tracker-plugin.ts";

/** What is known of a recording, whichever process goes on with it. */
export type RunIdentity = {
  readonly id: string;
  readonly startedMs: number;
  readonly folder: string;
  readonly script: string | undefined;
  readonly isReplay: boolean;
};

/** What one tracker sees of its recording. */
export function trackerRun(
  name: string,
  run: RunIdentity,
  ties: {
    readonly state: TrackerState | undefined;
    readonly save: (state: TrackerState) => Promise<void>;
    readonly post: (event: TrackerEvent) => void;
    readonly warn: (message: string) => void;
  },
): TrackerRun {
  const said = new Set<string>();
  return {
    ...{ id: run.id, startedMs: run.startedMs, script: run.script, isReplay: run.isReplay },
    ...{ state: ties.state, save: ties.save },
    folder: keptFiles(run.folder, name),
    post: (event) => ties.post({ ...event, target: name }),
    warn: (message) => {
      if (said.has(message)) return;
      said.add(message);
      ties.warn(message);
    },
  };
}
