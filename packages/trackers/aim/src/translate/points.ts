import { keyHash } from "../format/key-hash.ts";
import type { TrackedValue } from "../format/tracked-value.ts";
import type { TreeObject, TreeValue } from "../format/tree.ts";
import type { Write } from "../operation.ts";
import { type SequenceState, type SequenceStates, sequenceKey, sequenceMap } from "../state.ts";
import { creation, pointWrites, SequencePaths, typeWrites } from "./sequence-writes.ts";

export type Point = {
  readonly name: string;
  readonly context: TreeObject;
  readonly value: TrackedValue;
  /** Undefined: the step after the sequence's last. */
  readonly step: number | undefined;
  readonly epoch: number | undefined;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
};

/** A sequence within one delivery: its state afterwards, and the point that writes the summary. */
type Draft = {
  state: SequenceState;
  final: object | undefined;
  last: { readonly value: TreeValue; readonly step: number } | undefined;
};

const NUMBER_TYPES = new Set(["float", "int", "number"]);

/**
 * The points of one delivery. The same points from the same states give the same writes, whatever the size of the
 * portions. The summary of a sequence (last, min, max) is written once per delivery, with its last point.
 */
export class Points {
  readonly #hash: string;
  readonly #before: SequenceStates;
  readonly #drafts = new Map<string, Draft>();
  readonly #warn: (message: string) => void;

  /** @param warn for values that are recorded elsewhere than they were logged to. */
  constructor(hash: string, before: readonly SequenceState[], warn: (message: string) => void) {
    this.#hash = hash;
    this.#before = sequenceMap(before);
    this.#warn = warn;
  }

  /** The sequences once all points are written. */
  get states(): SequenceState[] {
    const after = new Map(this.#before);
    for (const [key, { state }] of this.#drafts) after.set(key, state);
    return [...after.values()];
  }

  /** @returns the writes of the point; call it when all points of the delivery are added. */
  add(point: Point): () => Write[] {
    const context = keyHash(point.context);
    const { name, value } = this.#fit(String(context), point);
    const key = sequenceKey(String(context), name);
    const before = this.#drafts.get(key)?.state ?? this.#before.get(key);
    const step = Math.trunc(point.step ?? before?.count ?? 0);
    if (before && step < before.count) {
      this.#warn(
        `Aim holds one value per step: a value of ${name} at an earlier step replaces the one there, if there is one.`,
      );
    }
    const draft = this.#draft(key, before ?? emptyState(String(context), name, value.dtype));
    const isFirst = before === undefined;
    if (isFirst || step >= draft.state.count) draft.last = { value: value.value, step };
    const becomesNumber = value.kind === "number" && draft.state.dtype === "int";
    draft.state = advance(draft.state, value, step);
    const mark = {};
    draft.final = mark;
    const paths = new SequencePaths(this.#hash, context, name, value.kind === "number" ? 2 : 1);
    return () => [
      ...(isFirst ? creation(paths, point.context, value, step) : []),
      ...(becomesNumber ? typeWrites(paths, "number", "metric") : []),
      ...(draft.final === mark ? this.#summary(paths, key, draft) : []),
      ...pointWrites(paths, value.value, step, point),
    ];
  }

  /** The name under which a value can be recorded, and the value as that sequence holds it. */
  #fit(context: string, { name, value }: Point): { name: string; value: TrackedValue } {
    for (let candidate = name; ; candidate += ` (${value.kind})`) {
      const key = sequenceKey(context, candidate);
      const dtype = (this.#drafts.get(key)?.state ?? this.#before.get(key))?.dtype;
      const fitting = dtype === undefined ? value : fitTo(dtype, value);
      if (!fitting) continue;
      if (candidate !== name) {
        this.#warn(
          `Aim holds values of one kind per name and context: ${name} was another kind before; these values are in ${candidate}.`,
        );
      }
      return { name: candidate, value: fitting };
    }
  }

  #draft(key: string, state: SequenceState): Draft {
    let draft = this.#drafts.get(key);
    if (!draft) {
      draft = { state, final: undefined, last: undefined };
      this.#drafts.set(key, draft);
    }
    return draft;
  }

  #summary(paths: SequencePaths, key: string, { state, last }: Draft): Write[] {
    const before = this.#before.get(key);
    const { min, max, longest } = state;
    return [
      ...(last
        ? [paths.trace("last", last.value), paths.trace("last_step", BigInt(last.step))]
        : []),
      ...(max !== undefined && max !== before?.max ? [paths.trace("max", Number(max))] : []),
      ...(min !== undefined && min !== before?.min ? [paths.trace("min", Number(min))] : []),
      ...(longest === undefined ? [] : [paths.trace("record_max_length", BigInt(longest))]),
    ];
  }
}

function emptyState(context: string, name: string, dtype: string): SequenceState {
  return { context, name, dtype, count: 0 };
}

function advance(state: SequenceState, { kind, value }: TrackedValue, step: number): SequenceState {
  const count = Math.max(state.count, step + 1);
  if (kind === "number") {
    const number = value as number;
    const { min = "Infinity", max = "-Infinity" } = state;
    return {
      ...state,
      count,
      dtype: state.dtype === "int" ? "number" : state.dtype,
      ...(number < Number(min) ? { min: String(number) } : {}),
      ...(number > Number(max) ? { max: String(number) } : {}),
    };
  }
  if (!Array.isArray(value)) return { ...state, count };
  return { ...state, count, longest: Math.max(state.longest ?? 0, value.length) };
}

/** The value as a sequence of the type holds it; undefined if it cannot. */
function fitTo(dtype: string, value: TrackedValue): TrackedValue | undefined {
  if (dtype === value.dtype) return value;
  if (value.kind === "number") return NUMBER_TYPES.has(dtype) ? value : undefined;
  if (dtype !== `list(${value.dtype})`) return undefined;
  const kind = value.kind === "image" ? "images" : "texts";
  return { kind, dtype, value: [value.value] };
}
