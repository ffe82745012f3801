import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFinish } from "../../src/journal/read-finish.ts";
import { journalPath } from "../../src/journal/run-folder.ts";
import { runAcc } from "./run-acc.ts";

const test = suite("acc whose output nobody reads");
const TALKATIVE = fileURLToPath(new URL("fixtures/talkative.ts", import.meta.url));

test("a training goes on behind a pipe that is closed, as by head", async () => {
  const folder = mkdtempSync(join(tmpdir(), "acc-closed-"));
  const args = ["launch", "--num-processes", "2", TALKATIVE, folder];
  const { code } = await runAcc(args, {
    act: (child) => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  });
  assert.is(code, 0);
  const [run = ""] = readdirSync(join(folder, ".acc")).filter((name) => name !== ".gitignore");
  const end = await readFinish(journalPath(join(folder, ".acc", run)));
  assert.is(end?.status, "success");
});

test.run();
