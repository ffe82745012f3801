import { suite } from "uvu";
import * as assert from "uvu/assert";
import { launch } from "../../src/index.ts";
import type { Outcome } from "./fixtures/fit-cases.ts";
import { testFitParity } from "./test-fit-parity.ts";

const test = suite("fit of the group");

testFitParity(test, [2, 3]);

test("training changes something", async () => {
  const [{ history } = {} as Outcome] = await launch<Outcome>(
    new URL("./fixtures/fit-cases.ts", import.meta.url),
    { numProcesses: 1, args: [{}] },
  );
  const { loss = [] } = history;
  assert.is(loss.length, 3);
  assert.ok((loss[2] as number) < (loss[0] as number));
});

test.run();
