import { keptFiles } from "../../journal/run-folder.ts";
import type { TrackerEvent } from "../../tracker-contract/tracker-event.ts";
import type { TrackerState } from "../../tracker-contract/tracker-options.ts";
import type { TrackerRun } from "../../tracker-contract/tracker-plugin.ts";

/** The identity of a run, the same in every process that continues it. */
export type RunIdentity = {
  readonly id: string;
  readonly startedMs: number;
  readonly folder: string;
  readonly script: string | undefined;
  readonly isReplay: boolean;
  readonly resumed?: { readonly step: number | undefined };
};

/** The run as one tracker sees it. */
export function trackerRun(
  name: string,
  run: RunIdentity,
  hooks: {
    readonly state: TrackerState | undefined;
    readonly save: (state: TrackerState) => Promise<void>;
    readonly post: (event: TrackerEvent) => void;
    readonly warn: (message: string) => void;
  },
): TrackerRun {
  const said = new Set<string>();
  return {
    ...{ id: run.id, startedMs: run.startedMs, script: run.script, isReplay: run.isReplay },
    ...{ state: hooks.state, save: hooks.save },
    ...(run.resumed && { resumed: run.resumed }),
    folder: keptFiles(run.folder, name),
    post: (event) => hooks.post({ ...event, target: name }),
    warn: (message) => {
      if (said.has(message)) return;
      said.add(message);
      hooks.warn(message);
    },
  };
}
