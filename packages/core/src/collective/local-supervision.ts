import { ownClock, RankClock } from "../rank-clock.ts";
import { GRACE_MS, type HostRequest, type Supervision } from "./supervision.ts";

const SIGNALS = { SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGUSR1: "save" } as const;
type SignalName = keyof typeof SIGNALS;

/** The supervision of a script started with plain `node`: the signals of its process. */
export class LocalSupervision implements Supervision {
  readonly clock: RankClock = new RankClock(ownClock(), 0);
  #request: HostRequest | undefined;
  #listens = false;
  readonly #listener = (name: NodeJS.Signals): void => this.#receive(name as SignalName);

  get request(): HostRequest | undefined {
    return this.#request;
  }

  acceptRequests(): void {
    if (this.#listens) return;
    this.#listens = true;
    for (const name of Object.keys(SIGNALS) as SignalName[]) {
      if (process.platform === "win32" && name === "SIGUSR1") continue; // Windows has no such signal
      process.on(name, this.#listener);
    }
  }

  clearRequest(): void {
    this.#request = undefined;
  }

  /**
   * The second signal to end does what the first does without us. So does the end of the time for the first: a script that is in no
   * loop saves no checkpoint, and must not become a process that no signal ends.
   */
  #receive(name: SignalName): void {
    const wasAskedToEnd = this.#request !== undefined && this.#request !== "save";
    if (!wasAskedToEnd) this.#request = SIGNALS[name];
    if (name === "SIGUSR1") return;
    if (wasAskedToEnd) this.#end(name);
    else setTimeout(() => this.#end(name), GRACE_MS).unref();
  }

  #end(name: SignalName): void {
    process.off(name, this.#listener);
    process.kill(process.pid, name);
  }
}
