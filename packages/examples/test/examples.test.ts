import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER } from "./run-in.ts";
import { runInScratch } from "./run-in-scratch.ts";

const test = suite("examples");
/** The demo takes a minute and is run on its own by the checks of the repository. */
const DEMO = "digits.ts";
/** Examples that only show calls. */
const WITHOUT_LOSS = ["tracking.ts"];

const scripts = ["", "by-feature"].flatMap((folder) =>
  readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith(".ts") && name !== DEMO)
    .map((name) => join(folder, name)),
);

for (const script of scripts) {
  for (const [numProcesses, where] of [
    [2, "on two replicas"],
    [undefined, "on one, without launch"],
  ] as const) {
    test(`${script} runs ${where}`, async () => {
      const { code, output } = await runInScratch(script, numProcesses);
      assert.is(code, 0, output);
      if (WITHOUT_LOSS.includes(script)) return;
      const losses = [...output.matchAll(/loss ([\d.e-]+)/g)].map(([, loss]) => Number(loss));
      assert.ok(losses.length > 1, output);
      assert.ok((losses.at(-1) ?? Number.NaN) < (losses[0] ?? 0), `${losses}`);
    });
  }
}

test.run();
