import { inspect } from "node:util";
import { messageOf } from "@acc/core/command";
import { AcceleratorError } from "@acc/core/tracker";
import type { LauncherRank } from "../launcher-rank.ts";
import { endJob } from "../library/end-job.ts";
import { findLibrary } from "../library/find-library.ts";
import type { MpiLibrary } from "../library/mpi-library.ts";
import { type ProcessControl, processControl } from "../library/process-control.ts";
import type { MpiTransportData } from "../transport/mpi-transport.ts";
import { requireLine } from "./launcher-line.ts";
import { Messages } from "./messages.ts";

/** Exit code of a process that ended with 0 in the middle of a run: its launcher must not take that for success. */
const ENDED_EARLY = 70;
/** The exit codes of Node.js for an uncaught error, and for an error in a listener for uncaught errors. */
const UNCAUGHT: readonly number[] = [1, 7];
/** The system counts the seconds in 32 bits. */
const LONGEST_ALARM_S = 2 ** 31;
/** MPI_Finalize hangs with some libraries; all hosts have said goodbye by then. */
const FINALIZE_LIMIT_S = 10;

/** This process in a job of MPI: from MPI_Init_thread, once, to MPI_Finalize or MPI_Abort. */
export class MpiJob {
  readonly messages: Messages;
  readonly #mpi: MpiLibrary;
  readonly #control: ProcessControl = processControl();
  readonly #transport: MpiTransportData["communicator"];
  #state: "idle" | "running" | "failed" | "left" = "idle";
  #uncaught: unknown;
  /** How long the others may take before this process ends without them. */
  #limitMs: number;

  /**
   * Blocks until the processes of all hosts have called it.
   *
   * @param limitMs how long they may take. The system then ends this process: nothing else can, while MPI blocks it.
   * @throws {AcceleratorError} `MPI_UNAVAILABLE`, `MPI_FAILED`.
   */
  constructor(launcher: LauncherRank, environment: NodeJS.ProcessEnv, limitMs: number) {
    this.#limitMs = limitMs;
    requireLine(environment);
    this.#mpi = findLibrary(launcher.family, environment);
    this.#control.alarm(alarmSeconds(limitMs));
    const isThreadSafe = this.#mpi.initialize();
    process.on("uncaughtExceptionMonitor", (error) => {
      this.#uncaught = error;
    });
    process.on("exit", (code) => this.#onExit(code));
    process.on("beforeExit", () => void this.#leave());
    const size = this.#mpi.size();
    if (size !== launcher.size) throw this.#unusable(otherMpi(launcher, size));
    if (!isThreadSafe) {
      throw this.#unusable("it was built without MPI_THREAD_MULTIPLE, which is needed here");
    }
    this.#transport = this.#mpi.duplicate();
    this.messages = new Messages(this.#mpi, this.#mpi.duplicate());
    this.#control.alarm(0);
  }

  /** What the thread needs that carries messages between the replicas of these hosts. */
  transportData(names: readonly string[]): MpiTransportData {
    const { location } = this.#mpi;
    return { location, communicator: this.#transport, host: this.messages.host, names };
  }

  /**
   * Runs what all hosts do together. If it fails, the job ends with this process.
   *
   * @param limitMs how long this host waits for the others at the end.
   * @throws {AcceleratorError} `MPI_FAILED` after a run that failed.
   */
  async run<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
    if (this.#state !== "idle") {
      throw new AcceleratorError(
        "MPI_FAILED",
        "launch: the job over MPI is over, because a run has failed or this process is about to end. Start the job again.",
      );
    }
    this.#limitMs = limitMs;
    this.#state = "running";
    try {
      const value = await work();
      this.#state = "idle";
      return value;
    } catch (error) {
      this.#state = "failed";
      throw error;
    }
  }

  /** Nothing is left to do here: waits for the others, whose trackers may still deliver. */
  async #leave(): Promise<void> {
    if (this.#state !== "idle" || process.exitCode) return;
    this.#state = "running"; // until the others are here, to end is to leave early
    try {
      await this.messages.exchange("", this.#limitMs);
      this.#finalize();
    } catch (error) {
      this.#state = "failed";
      process.stderr.write(`acc: ${messageOf(error)}\n`);
      process.exitCode = 1;
    }
  }

  /** The last code that this process runs: `process.exit`, an uncaught error, or its end. */
  #onExit(exitCode: number): void {
    if (this.#state === "left") return;
    if (this.#state === "idle" && exitCode === 0) {
      try {
        this.messages.exchangeNow("", this.#limitMs);
        this.#finalize();
        return;
      } catch (error) {
        process.stderr.write(`acc: ${messageOf(error)}\n`);
      }
    }
    // Node.js prints an uncaught error behind the event "exit", which is too late here.
    if (this.#uncaught !== undefined && UNCAUGHT.includes(exitCode)) {
      process.stderr.write(`${inspect(this.#uncaught)}\n`);
    }
    endJob(this.#mpi, this.#control, exitCode || ENDED_EARLY);
  }

  #finalize(): void {
    this.#control.alarm(FINALIZE_LIMIT_S);
    this.#mpi.finalize();
    this.#control.alarm(0);
    this.#state = "left";
  }

  #unusable(reason: string): AcceleratorError {
    this.#state = "failed";
    this.#control.alarm(0);
    const { path } = this.#mpi.location;
    const version = this.#mpi.version();
    return new AcceleratorError("MPI_UNAVAILABLE", `${path} (${version}): ${reason}.`);
  }
}

/** No alarm, which is 0, for a limit that there is not. */
function alarmSeconds(ms: number): number {
  return ms < LONGEST_ALARM_S * 1000 ? Math.ceil(ms / 1000) : 0;
}

function otherMpi({ rank, size }: LauncherRank, found: number): string {
  return (
    `it sees a job of ${found} processes, where the launcher has started ${size} (this is number ${rank}): the launcher belongs to ` +
    "another MPI. Use the mpiexec of this library, or set ACC_MPI_LIB to the library of your mpiexec"
  );
}
