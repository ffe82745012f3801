import type { MessagePort } from "node:worker_threads";
import type { NativeMembers } from "../context/native-members.ts";
import type { LogOptionRules, RunPlace, TrackerRequest } from "../context/tracker-request.ts";
import type { ErrorCode } from "../errors.ts";
import type { FinishStatus } from "../tracker-contract/log-value.ts";
import type { EventLine, LineMessage } from "./event-line.ts";

/** An error as it crosses threads: structured clone drops the fields of our own class. */
export type RemoteError = {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: ErrorCode | undefined;
};

/** The worker data of the tracker thread of a script started with plain `node`. */
export type TrackerThreadTask = {
  /** Calls of `HostApi`. */
  readonly calls: MessagePort;
  /** The `RankClock` of the script. */
  readonly clock: SharedArrayBuffer;
};

/** One-way message to the trackers of one accelerator. */
export type TrackerMessage = {
  /** The number of the accelerator among those of its thread that have started trackers. */
  readonly session: number;
  readonly message: LineMessage;
};

/** One-way messages to that thread. It sends back texts: warnings. */
export type TrackerThreadMessage =
  | ({ readonly type: "tracker" } & TrackerMessage)
  /** Write the journal, then store 1 in `done` and notify the waiting thread. */
  | { readonly type: "flush"; readonly done: Int32Array }
  /** The script has written something. */
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly text: string };

/** What the host serves on the port of a native run. */
export type NativeRun = { readonly native: unknown };

/** Numbers of messages sent to trackers on other ports than the one for calls; they may not have arrived yet. */
export type Sent = {
  /** Events on the line. */
  readonly events: number;
  /** Messages to the native run of each source. */
  readonly calls: readonly number[];
};

/** The result of `startTrackers`. */
export type StartAnswer = {
  readonly error: RemoteError | undefined;
  /** Members of the native run of each source, as far as they are known. */
  readonly members: readonly (NativeMembers | undefined)[];
  /** Rules for `logOptions`, by tracker. */
  readonly logOptionRules: LogOptionRules;
  readonly run: RunPlace | undefined;
  /** Whether what the script prints is recorded. */
  readonly isListening: boolean;
};

/**
 * What a replica calls on the host, for each session that it has started. Errors are returned: a thrown error would lose its class
 * and code between threads.
 */
export interface HostApi {
  /** Creates and starts trackers on the host; `ports[i]` then serves the native run of `sources[i]`. */
  startTrackers(
    session: number,
    line: EventLine,
    request: TrackerRequest,
    ports: readonly MessagePort[],
  ): Promise<StartAnswer>;
  /** Flushes to the disk what was sent, once all of it has arrived. */
  flushTrackers(session: number, sent: Sent): Promise<void>;
  /** Closes the trackers once all that was sent has arrived. */
  finishTrackers(
    session: number,
    status: FinishStatus,
    sent: Sent,
  ): Promise<RemoteError | undefined>;
}
