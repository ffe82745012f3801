import type { GradientState, LocalTurn } from "../train/gradient-state.ts";
import { type Entry, entryOf } from "./entry.ts";
import { LOCAL_SGD_FILE } from "./file-names.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { floatsOf } from "./stored-tensor.ts";
import { requireStored, type TensorSource } from "./tensor-source.ts";

/** A body of `localSgd` that was running, in state.json. */
export type SavedTurn = {
  readonly steps: number;
  /** Values in each buffer of the outer step; 0 without one. */
  readonly outerSize: number;
};

const BUFFERS = ["last", "momentum"] as const;

export function saveLocalTurns({ localTurns }: GradientState): {
  json: SavedTurn[];
  entries: Entry[];
} {
  const entries = localTurns.flatMap(({ outer }, i) =>
    BUFFERS.flatMap((buffer) => {
      const values = outer?.[buffer];
      if (!values) return [];
      const source = { dtype: "float32", shape: [values.length], values } as const;
      return [entryOf(LOCAL_SGD_FILE, `${i}/${buffer}`, source)];
    }),
  );
  const json = localTurns.map(({ steps, outer }) => ({
    ...{ steps, outerSize: outer?.last.length ?? 0 },
  }));
  return { json, entries };
}

/** A body that runs goes on where the checkpoint stood, and so does the next one that begins. */
export function planLocalTurns(
  saved: readonly SavedTurn[],
  state: GradientState,
  source: TensorSource,
  plan: RestorePlan,
): void {
  const turns = saved.map(({ steps, outerSize }, i): LocalTurn => {
    if (outerSize === 0) return { steps, outer: undefined };
    const [last, momentum] = BUFFERS.map((buffer) => {
      const spec = { dtype: "float32", shape: [outerSize] } as const;
      const { bytes } = requireStored(source, LOCAL_SGD_FILE, `${i}/${buffer}`, spec);
      return floatsOf(bytes).slice(); // the memory is used again
    }) as [Float32Array, Float32Array];
    return { steps, outer: { last, momentum } };
  });
  plan.commits.push(() => {
    for (const [i, running] of state.localTurns.entries()) {
      const turn = turns[i];
      running.steps = turn?.steps ?? 0;
      if (!turn?.outer || turn.outer.last.length !== running.outer?.last.length) continue;
      for (const buffer of BUFFERS) running.outer[buffer].set(turn.outer[buffer]);
    }
    state.resumedTurns = turns.slice(state.localTurns.length);
  });
}
