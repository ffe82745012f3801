import type { TreeValue } from "./format/tree.ts";

/** Everything that another process needs to go on with a run; plain JSON without keys. */
export type AimState = RecordingState & {
  /** The run is at the server, with its name and tags. */
  readonly isMade: boolean;
  readonly isEnded: boolean;
};

/** Values that determine how the next event is recorded. */
export type RecordingState = {
  /** When the last event delivered was logged, in milliseconds since 1970. */
  readonly lastMs: number;
  readonly sequences: readonly SequenceState[];
};

/** Values that determine how the next point of a sequence is recorded. */
export type SequenceState = {
  /** Hash of the context, in decimal. */
  readonly context: string;
  readonly name: string;
  readonly dtype: string;
  /** The step after the last: where a point without a step goes. */
  readonly count: number;
  /** Numbers as text, because JSON cannot hold infinities; absent before the first number. */
  readonly min?: string;
  readonly max?: string;
  /** Length of the longest list. */
  readonly longest?: number;
};

/** The sequences of a run by `sequenceKey`. */
export type SequenceStates = ReadonlyMap<string, SequenceState>;

export function sequenceKey(context: string, name: string): string {
  return `${context} ${name}`;
}

export function sequenceMap(states: readonly SequenceState[]): Map<string, SequenceState> {
  return new Map(states.map((state) => [sequenceKey(state.context, state.name), state]));
}

/** The sequences of a run at a server. @param traces what the server has by context, name and property. */
export function sequencesOfTraces(traces: TreeValue | undefined): SequenceState[] {
  return [...entries(traces)].flatMap(([context, names]) =>
    [...entries(names)].map(([name, info]) => {
      const property = (key: string) => (info instanceof Map ? info.get(key) : undefined);
      const [min, max] = [property("min"), property("max")];
      return {
        context: String(context),
        name: String(name),
        dtype: String(property("dtype") ?? "float"),
        count: Number(property("last_step") ?? -1) + 1,
        ...(min === undefined ? {} : { min: String(min) }),
        ...(max === undefined ? {} : { max: String(max) }),
        ...(property("record_max_length") === undefined
          ? {}
          : { longest: Number(property("record_max_length")) }),
      };
    }),
  );
}

function entries(tree: TreeValue | undefined): Iterable<[unknown, TreeValue]> {
  return tree instanceof Map ? tree : [];
}
