import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FreeRanges } from "../../src/collective/free-ranges.ts";
import { everywhere, runRanks } from "./run-ranks.ts";

const test = suite("memory that is given back");

const hold = (name: string, mib: number) => ({ do: "hold", name, mib }) as const;
const release = (name: string) => ({ do: "release", name }) as const;

for (const worldSize of [1, 2, 3]) {
  test(`is taken again, zeroed, at the same place on ${worldSize} ranks`, async () => {
    const steps = everywhere(
      worldSize,
      ...[hold("a", 8), hold("b", 4), hold("c", 8), release("a"), hold("d", 6), hold("e", 2)],
      ...[
        release("b"),
        release("e"),
        hold("f", 6),
        { do: "allReduce", length: 9, op: "sum" } as const,
      ],
    );
    const [first = [], ...others] = await runRanks(steps);
    for (const step of [0, 1, 2, 4, 5, 8]) {
      assert.is((first[step] as { value: { isZero: boolean } }).value.isZero, true, `step ${step}`);
    }
    const at = (step: number, outcomes = first) =>
      (outcomes[step] as { value: { at: number } }).value.at;
    assert.is(at(4), at(0)); // d and e fit into a
    assert.is(at(5), at(0) + 6 * worldSize);
    assert.is(at(8), at(5)); // e and b are one range
    for (const [index, outcomes] of others.entries()) {
      assert.is(at(8, outcomes), at(8) + 6 * (index + 1), "the slot of this rank");
    }
  });
}

test("memory that is really used up is an error on every rank, and the group goes on", async () => {
  const steps = everywhere(
    2,
    ...[hold("a", 1000), hold("b", 900), hold("c", 200), release("a"), hold("c", 200)],
  );
  for (const outcomes of await runRanks(steps)) {
    const { code, message } = outcomes[2] as { code: string; message: string };
    assert.is(code, "SHARED_MEMORY_EXHAUSTED");
    assert.match(
      message,
      /need 400 MiB more of shared memory; 3800 MiB are in use, and the limit is 4096 MiB/,
    );
    assert.match(message, /accelerator\.freeMemory/);
    assert.ok("value" in (outcomes[4] as object), JSON.stringify(outcomes[4]));
  }
});

test("ranks that release different buffers are told so, and nothing is given back", async () => {
  const common = [hold("a", 1), hold("b", 1)];
  const ranks = await runRanks([
    [...common, release("a")],
    [...common, release("b")],
  ]);
  for (const outcomes of ranks) {
    const { code, message } = outcomes[2] as { code: string; message: string };
    assert.is(code, "COLLECTIVE_MISMATCH");
    assert.match(message, /called release/);
  }
});

test("free ranges join their neighbours, and the smallest that fits is taken", () => {
  const free = new FreeRanges();
  free.put(100, 10);
  free.put(120, 30);
  free.put(0, 50);
  assert.is(free.take(60), undefined);
  assert.is(free.take(20), 120);
  free.put(110, 10); // joins 100 to 120
  free.put(120, 20); // and with the rest up to 150
  assert.is(free.take(51), undefined);
  assert.is(free.takeLast(151), undefined);
  assert.is(free.takeLast(150), 100);
  assert.is(free.take(50), 0);
  assert.is(free.take(1), undefined);
});

test.run();
