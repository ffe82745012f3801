import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER, runInScratch } from "./run-in-scratch.ts";

const test = suite("examples");
/** The demo takes a minute and is run on its own by the checks of the repository. */
const DEMO = "digits.ts";

for (const script of readdirSync(FOLDER).filter((name) => name.endsWith(".ts") && name !== DEMO)) {
  test(`${script} runs on two replicas`, async () => {
    const { code, output } = await runInScratch(script, 2);
    assert.is(code, 0, output);
  });

  test(`${script} runs on one, without launch`, async () => {
    const { code, output } = await runInScratch(script, undefined);
    assert.is(code, 0, output);
  });
}

test.run();
