import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "@acc/test-kit/run-command";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { verifyCheckpoint } from "../../src/checkpoint/files/read-checkpoint.ts";
import { scratch } from "./scratch-folder.ts";

const test = suite("a script that ends right behind saveState");
const SCRIPT = fileURLToPath(new URL("./fixtures/end-after-save.mjs", import.meta.url));
const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));

for (const numProcesses of [0, 1, 2]) {
  for (const way of ["process.exit", "throw", "timer"]) {
    const how = numProcesses === 0 ? "plain node" : `${numProcesses} replica(s)`;
    const register = way === "process.exit" ? test : test.slow;
    register(`has all its checkpoints: ${way}, ${how}`, async () => {
      const folder = scratch();
      const launched = [ACC, "launch", "--num-processes", String(numProcesses)];
      const args = [...(numProcesses === 0 ? [] : launched), SCRIPT, folder, way];
      const fault = await runCommand(process.execPath, args, { timeoutMs: 60_000 }).then(
        () => "it ended well",
        (error: Error) => error.message,
      );
      assert.match(
        fault,
        {
          "process.exit": /ended with 3|exit code 3/,
          throw: /the script fails/,
          timer: /a timer fails/,
        }[way] as RegExp,
      );
      const checkpoints = join(folder, "checkpoints");
      assert.equal(
        readdirSync(checkpoints)
          .filter((name) => /^checkpoint_/.test(name))
          .sort(),
        [...["checkpoint_0", "checkpoint_1", "checkpoint_2"]],
      );
      await verifyCheckpoint(join(checkpoints, "checkpoint_2"));
    });
  }
}

test.run();
