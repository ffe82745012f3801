import { setTimeout as sleep } from "node:timers/promises";
import { AcceleratorError } from "@acc/core/tracker";
import type { Handle } from "../library/abi.ts";
import type { MpiLibrary, MpiRequest } from "../library/mpi-library.ts";

/** Size of each message: both sides must name the same number of bytes. */
const MESSAGE_BYTES = 2048;
const TO_FIRST = 1;
const FROM_FIRST = 2;
const POLL_MS = 2;

/** Short texts that the main threads of all hosts exchange, while no replica runs. */
export class Messages {
  readonly host: number;
  readonly hosts: number;
  readonly #mpi: MpiLibrary;
  readonly #communicator: Handle;

  /** @param communicator one that nothing else uses. */
  constructor(mpi: MpiLibrary, communicator: Handle) {
    this.host = mpi.rank();
    this.hosts = mpi.size();
    this.#mpi = mpi;
    this.#communicator = communicator;
  }

  /**
   * The text of every host, in their order, once all have called it.
   *
   * @param limitMs longest wait for the others.
   * @throws {AcceleratorError} `COLLECTIVE_TIMEOUT`, `MPI_FAILED`.
   */
  async exchange(text: string, limitMs: number): Promise<string[]> {
    const steps = this.#exchange(text);
    const deadline = performance.now() + limitMs;
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      requireTime(deadline, limitMs, value);
      await sleep(POLL_MS);
    }
  }

  /** The same for a process that is about to end, where nothing can be awaited. It blocks the thread. */
  exchangeNow(text: string, limitMs: number): string[] {
    const steps = this.#exchange(text);
    const deadline = performance.now() + limitMs;
    const idle = new Int32Array(new SharedArrayBuffer(4));
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      requireTime(deadline, limitMs, value);
      Atomics.wait(idle, 0, 0, POLL_MS);
    }
  }

  /** Yields while it waits, with whom it waits for; host 0 collects the texts and sends the list to everybody. */
  *#exchange(text: string): Generator<string, string[]> {
    const { host, hosts } = this;
    const list = Buffer.alloc(hosts * MESSAGE_BYTES);
    const others = Array.from({ length: hosts - 1 }, (_, index) => index + 1);
    const place = (index: number): Buffer =>
      list.subarray(index * MESSAGE_BYTES, (index + 1) * MESSAGE_BYTES);
    place(host).write(text);
    const [mpi, channel] = [this.#mpi, this.#communicator];
    if (host === 0) {
      const come = others.map((from) => mpi.receive(place(from), from, TO_FIRST, channel));
      yield* this.#completed(come, (index) => `host ${others[index]}`);
      const gone = others.map((to) => mpi.send(list, to, FROM_FIRST, channel));
      yield* this.#completed(gone, (index) => `host ${others[index]}`);
    } else {
      const come = mpi.receive(list, 0, FROM_FIRST, channel);
      const gone = mpi.send(Buffer.from(place(host)), 0, TO_FIRST, channel);
      yield* this.#completed([gone, come], () => "host 0");
    }
    return Array.from({ length: hosts }, (_, index) => {
      const [own = ""] = place(index).toString().split("\0");
      return own;
    });
  }

  *#completed(
    requests: readonly MpiRequest[],
    nameOf: (index: number) => string,
  ): Generator<string, void> {
    for (;;) {
      const missing = requests.findIndex((request) => !this.#mpi.test(request));
      if (missing < 0) return;
      yield nameOf(missing);
    }
  }
}

function requireTime(deadline: number, limitMs: number, peer: string): void {
  if (performance.now() < deadline) return;
  throw new AcceleratorError(
    "COLLECTIVE_TIMEOUT",
    `No message of ${peer} came within ${limitMs} ms. Every host must run the same script, which launches as often on each of them.`,
  );
}
