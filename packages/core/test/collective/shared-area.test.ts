import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SingleProcess } from "../../src/collective/single-process.ts";
import { everywhere, runRanks } from "./run-ranks.ts";

const test = suite("the area that all ranks see");
const share = (mib: number) => ({ do: "share", mib }) as const;

for (const worldSize of [1, 2, 3]) {
  test(`has what each of ${worldSize} ranks wrote, also when it grows`, async () => {
    const reduce = { do: "allReduce", length: 99, op: "sum" } as const;
    const ranks = await runRanks(
      everywhere(worldSize, share(1), reduce, share(40), share(2), share(70)),
    );
    const bytes = Array.from({ length: worldSize }, (_, rank) => rank + 1);
    for (const outcomes of ranks) {
      for (const [step, mib] of [
        [0, 1],
        [2, 40],
        [3, 2],
        [4, 70],
      ] as const) {
        const { value } = outcomes[step] as { value: object };
        const cells = bytes.map((byte) => byte + 9);
        assert.equal(value, { bytes, cells, length: mib * 2 ** 20 });
      }
    }
  });
}

test("ranks that ask for different lengths learn it, and go on", async () => {
  const ranks = await runRanks([
    [share(1), share(1)],
    [share(2), share(1)],
  ]);
  for (const [first, second] of ranks) {
    assert.is((first as { code: string }).code, "COLLECTIVE_MISMATCH");
    assert.ok("value" in (second as object), JSON.stringify(second));
  }
});

test("of a single process is shared memory too, for its threads", () => {
  const alone = new SingleProcess();
  const area = alone.share(100);
  area[99] = 7;
  assert.is(alone.share(100)[99], 7);
  assert.is(alone.share(50).length, 50);
  assert.instance(alone.share(200).buffer, SharedArrayBuffer);
});

test.run();
