import { inspect, isDeepStrictEqual } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createEventLine, type LineMessage } from "../../src/remote-trackers/event-line.ts";
import { EventReceiver } from "../../src/remote-trackers/event-receiver.ts";
import { EventSender } from "../../src/remote-trackers/event-sender.ts";
import type { LogValue } from "../../src/tracker-contract/log-value.ts";
import type { PostedEvent } from "../../src/tracker-contract/tracker-event.ts";

const COUNT = Number(process.env.COUNT ?? 6000);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** The sender blocks before more than this waits, and here nobody else would wake it. */
const MOST_WAITING = 150;
const NAMES = ["loss", "accuracy", "7", "", "ü/ö", "__proto__", "constructor", "toString"];
const NUMBERS = [0, -0, 1.5, -1e308, 5e-324, Number.NaN, Infinity, -Infinity, 2 ** 53];
const OTHERS: LogValue[] = ["text", "", null, undefined, 7n, [1, [2]], { a: { b: 1 } }];

let state = SEED >>> 0;
function draw(limit: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
const oneOf = <T>(list: readonly T[]): T => list[draw(list.length)] as T;

function values(): { [name: string]: LogValue } {
  // Rarely so many that the ring is full before it is read.
  const count = draw(50) === 0 ? draw(400) : draw(5);
  const entries = Array.from({ length: count }, (_, i): [string, LogValue] => {
    const name = draw(3) === 0 ? `name ${draw(6000)}` : count > 5 ? `many ${i}` : oneOf(NAMES);
    if (draw(40) === 0) return [name, oneOf(OTHERS)];
    return [name, draw(4) === 0 ? draw(2) === 0 : draw(2) === 0 ? draw(1e9) / 7 : oneOf(NUMBERS)];
  });
  return Object.fromEntries(entries);
}

function event(): PostedEvent {
  if (draw(100) === 0) return { type: "checkpoint", id: String(draw(1e9)) };
  const context = {
    ...(draw(5) === 0 ? {} : { wallTimeMs: draw(1e9) }),
    ...(draw(3) === 0 ? {} : { step: draw(1e9) - 5e8 }),
  };
  const target = draw(40) === 0 ? { target: "mlflow" } : {};
  const logOptions = draw(40) === 0 ? { logOptions: { mlflow: { a: 1 } } } : {};
  return {
    type: oneOf(["metrics", "metrics", "metrics", "config"]),
    values: values(),
    context,
    ...target,
    ...logOptions,
  } as PostedEvent;
}

const test = suite(`events on their way to another thread (COUNT=${COUNT} SEED=${SEED})`);

test("arrive whole and in order, whichever way they take and however late messages are", async () => {
  const line = createEventLine();
  const messages: LineMessage[] = [];
  const taken: PostedEvent[] = [];
  const sender = new EventSender(line, (message) => messages.push(structuredClone(message)));
  const receiver = new EventReceiver(line, { take: (one) => taken.push(one), unwritten: () => 0 });
  const sent: PostedEvent[] = [];
  let inRing = 0;
  for (let at = 0; at < COUNT; at++) {
    const one = event();
    const before = messages.length;
    sender.post(one, 100);
    if (messages.at(-1)?.type !== "event" || messages.length === before) inRing += 1;
    sent.push(one);
    if (draw(8) === 0) receiver.look();
    while (messages.length > 0 && draw(3) === 0) receiver.receive(messages.shift() as LineMessage);
    if (sent.length - taken.length < MOST_WAITING) continue;
    for (const message of messages.splice(0)) receiver.receive(message);
    receiver.look();
  }
  for (const message of messages.splice(0)) receiver.receive(message);
  await receiver.reach(sender.sent);
  assert.is(taken.length, COUNT);
  for (const [at, one] of sent.entries()) {
    const got = taken[at] as PostedEvent;
    // Texts differ where the order of names does; not all values are JSON.
    const isSame = isDeepStrictEqual(got, one) && inspect(got) === inspect(one);
    assert.ok(isSame, `event ${at}: ${inspect(got)}, not ${inspect(one)}`);
  }
  assert.ok(inRing > COUNT / 4 && inRing < COUNT, `${inRing} went through the ring`);
});

test("only the first of many events of numbers costs a message", async () => {
  const line = createEventLine();
  const messages: LineMessage[] = [];
  const taken: PostedEvent[] = [];
  const sender = new EventSender(line, (message) => messages.push(message));
  const receiver = new EventReceiver(line, { take: (one) => taken.push(one), unwritten: () => 0 });
  const post = (step: number) =>
    sender.post({ type: "metrics", values: { loss: step }, context: { step } }, 100);
  post(0);
  receiver.receive(messages[0] as LineMessage);
  for (let step = 1; step <= 1000; step++) post(step);
  assert.is(messages.length, 1);
  // It looks by itself, and falls asleep when nothing comes; on a busy machine both take longer.
  let step = 1001;
  for (let ms = 500; messages.length === 1 && ms < 60_000; ms *= 2) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    assert.is(taken.length, step);
    post(step++);
  }
  assert.equal(messages.slice(1), [{ type: "look" }]);
});

test.run();
