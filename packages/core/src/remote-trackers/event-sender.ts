import { weightOf } from "../journal/unwritten.ts";
import type { PostedEvent } from "../tracker-contract/tracker-event.ts";
import { BacklogSender } from "./backlog.ts";
import type { EventLine, LineMessage } from "./event-line.ts";
import { RingWriter } from "./number-ring.ts";

/** The end of the thread that logs: events of numbers go through the ring, all others as messages. */
export class EventSender {
  readonly #backlog: BacklogSender;
  readonly #ring: RingWriter;
  readonly #send: (message: LineMessage) => void;
  #sent = 0;

  constructor({ backlog, ring }: EventLine, send: (message: LineMessage) => void) {
    this.#ring = new RingWriter(ring);
    this.#send = send;
    // The other thread looks into the ring every few milliseconds, and this one shall not wait for that.
    this.#backlog = new BacklogSender(backlog, () => send({ type: "look" }));
  }

  /** Number of events so far. */
  get sent(): number {
    return this.#sent;
  }

  /** How often the other thread has come forward. */
  get progress(): number {
    return this.#backlog.progress;
  }

  /**
   * Sends an event. Blocks this thread while the other one has no place for it.
   *
   * @param bytes about how large it is.
   */
  post(event: PostedEvent, bytes: number): void {
    const weight = weightOf(bytes);
    this.#backlog.add(weight);
    const index = this.#sent;
    if (this.#ring.write(event, index, weight)) {
      if (this.#ring.takeSleep()) this.#send({ type: "look" });
    } else {
      this.#send({ type: "event", event, index, weight });
      this.#ring.learn(event);
    }
    this.#sent = index + 1;
  }
}
