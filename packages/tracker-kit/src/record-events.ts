import type { DeliveredEvent } from "@acc/core/tracker";
import type { LeaveOut, LeftOut } from "./left-out.ts";

/**
 * Turns events into operations for the service. The same events from the same state give the same operations, so a
 * delivery can be repeated. A translator serves one attempt, and does no I/O that changes anything.
 */
export interface Translator<State, Operation> {
  add(event: DeliveredEvent): void;
  /** The operations for all events added so far, in order. */
  readonly operations: readonly Operation[];
  /** The state that the next attempt starts from, if the operations are done. */
  readonly state: State;
}

export type Transaction<State, T extends Translator<State, unknown>> = {
  /** What the service has received. It is copied, so an attempt that fails changes nothing. */
  readonly state: State;
  /** @param draft a copy of `state` that the translator may change. */
  readonly translator: (draft: State, leaveOut: LeaveOut) => T;
  /** Counts what was left out, once the operations are done. */
  readonly leftOut: LeftOut;
};

/** Events that are translated, and not yet sent. */
export type Attempt<State, T extends Translator<State, unknown>> = {
  readonly translator: T;
  readonly operations: T["operations"];
  /** For values that the service refuses while the operations are done. */
  readonly leaveOut: LeaveOut;
  /** Call it once the operations are done. Counts what was left out. @returns the new state. */
  commit(): State;
};

/** Copies the state and translates: the first half of `recordEvents`, for trackers whose calls are synchronous. */
export function translateEvents<State, T extends Translator<State, unknown>>(
  events: readonly DeliveredEvent[],
  transaction: Transaction<State, T>,
): Attempt<State, T> {
  const left: Parameters<LeaveOut>[] = [];
  const leaveOut: LeaveOut = (what, advice) => void left.push([what, advice]);
  const translator = transaction.translator(structuredClone(transaction.state), leaveOut);
  for (const event of events) translator.add(event);
  return {
    translator,
    operations: translator.operations,
    leaveOut,
    commit: () => {
      for (const [what, advice] of left) transaction.leftOut.add(what, advice);
      return translator.state;
    },
  };
}

/**
 * One attempt to record events, as every tracker makes it: copy the state, translate, send, count what was left out.
 *
 * @param send does the operations. If it rejects, nothing is counted, and the events are delivered again.
 * @returns the state after the events; the caller keeps it.
 */
export async function recordEvents<State, T extends Translator<State, unknown>>(
  events: readonly DeliveredEvent[],
  transaction: Transaction<State, T>,
  send: (attempt: Attempt<State, T>) => Promise<void>,
): Promise<State> {
  const attempt = translateEvents(events, transaction);
  await send(attempt);
  return attempt.commit();
}

/** What a sink needs for one attempt besides the operations. */
export type SendOptions = {
  /** Aborts when time is up; stop and reject. */
  readonly signal: AbortSignal;
  readonly leaveOut: LeaveOut;
};
