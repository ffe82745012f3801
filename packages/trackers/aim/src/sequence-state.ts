import type { TreeValue } from "./tree.ts";

/** What decides how the next point of a sequence is recorded. Part of the tracker's saved state: plain JSON. */
export type SequenceState = {
  /** Hash of the context, in decimal. */
  readonly context: string;
  readonly name: string;
  readonly dtype: string;
  /** The step after the last: where a point without a step goes. */
  readonly count: number;
  /** Numbers as text, for JSON holds no infinities; absent before the first number. */
  readonly min?: string;
  readonly max?: string;
  /** Length of the longest list. */
  readonly longest?: number;
};

/** The sequences of a run by what identifies them. */
export type SequenceStates = ReadonlyMap<string, SequenceState>;

export function sequenceKey(context: string, name: string): string {
  return `${context} ${name}`;
}

export function sequenceMap(states: readonly SequenceState[]): Map<string, SequenceState> {
  return new Map(states.map((state) => [sequenceKey(state.context, state.name), state]));
}

/** What a server says about the sequences of a run: by context, name and property. */
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
