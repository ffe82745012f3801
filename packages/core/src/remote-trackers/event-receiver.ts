import type { PostedEvent } from "../tracker-contract/tracker-event.ts";
import { Arrivals } from "./arrivals.ts";
import { BacklogReceiver } from "./backlog.ts";
import type { EventLine, LineMessage } from "./event-line.ts";
import { RingReader } from "./number-ring.ts";

/** So many are taken at once; then this thread hears what the disk has taken, and wakes a sender that waits for that. */
const MOST_AT_ONCE = 500;
/** How often the ring is looked into while events come: often enough for the 100 ms of docs/journal.md. */
const LOOK_INTERVAL_MS = 5;
/** After so many looks in vain it sleeps; the next event then costs its sender a message. */
const LOOKS_IN_VAIN = 20;

/** The end of the thread that has the journal: takes all events in the order in which they were sent. */
export class EventReceiver {
  readonly #backlog: BacklogReceiver;
  readonly #ring: RingReader;
  readonly #take: (event: PostedEvent) => void;
  readonly #unwritten: () => number;
  readonly #arrivals = new Arrivals();
  /** Messages whose turn has not come: events before them are in the ring. */
  #early: (LineMessage & { readonly type: "event" })[] = [];
  /** The place of the next event. */
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #inVain = 0;

  /** @param unwritten how much of what was taken is not in the journal. */
  constructor(
    { backlog, ring }: EventLine,
    { take, unwritten }: { take: (event: PostedEvent) => void; unwritten: () => number },
  ) {
    this.#backlog = new BacklogReceiver(backlog);
    this.#ring = new RingReader(ring);
    this.#take = take;
    this.#unwritten = unwritten;
  }

  /** Takes a message of the sender. */
  receive(message: LineMessage): void {
    if (message.type === "event") this.#early.push(message);
    this.#lookInTurns();
    this.#stayAwake();
  }

  /** Takes all events that have come. */
  look(): void {
    this.#takeUpTo(Number.POSITIVE_INFINITY);
  }

  /** Resolves once that many events have been taken. */
  async reach(count: number): Promise<void> {
    this.look();
    await this.#arrivals.reach(count);
  }

  /** To be called after every write of the journal. @param isTaken false for one that failed. */
  written(isTaken: boolean): void {
    if (isTaken) this.#backlog.take();
    this.#backlog.give(this.#unwritten());
  }

  /** @returns how many came, up to the limit. */
  #takeUpTo(limit: number): number {
    const first = this.#next;
    while (this.#next - first < limit) {
      const [early] = this.#early;
      if (early?.index === this.#next) {
        this.#early.shift();
        this.#ring.learn(early.event);
        this.#add(early.event, early.weight);
        continue;
      }
      const sent = this.#ring.read(this.#next);
      if (!sent) break;
      this.#add(sent.event, sent.weight);
    }
    this.#backlog.give(this.#unwritten());
    return this.#next - first;
  }

  #add(event: PostedEvent, weight: number): void {
    this.#next += 1;
    this.#take(event);
    this.#arrivals.count();
    this.#backlog.receive(weight);
  }

  #stayAwake(): void {
    this.#inVain = 0;
    if (this.#timer) return;
    this.#ring.wake();
    this.#timer = setInterval(() => this.#lookAgain(), LOOK_INTERVAL_MS);
    this.#timer.unref();
  }

  #lookInTurns(): number {
    const count = this.#takeUpTo(MOST_AT_ONCE);
    if (count === MOST_AT_ONCE) {
      this.#turn ??= setImmediate(() => {
        this.#turn = undefined;
        this.#lookInTurns();
      });
    }
    return count;
  }

  #lookAgain(): void {
    this.#inVain = this.#lookInTurns() > 0 ? 0 : this.#inVain + 1;
    if (this.#inVain < LOOKS_IN_VAIN) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#ring.sleep();
    this.look(); // at what came in between: its sender believed that this thread was awake
  }
}
