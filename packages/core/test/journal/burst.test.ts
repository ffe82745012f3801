import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { numbersInJournal } from "@acc/test-kit/faults/numbers-in-journal";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ServiceProject } from "./service-project.ts";
import { SERVICE_URL, testBurst } from "./test-burst.ts";

/** A busy machine may hold up the thread that writes; a copy of the file takes longer. */
const STALL_MS = 700;
const test = suite("everything that log has accepted is on the disk when the process ends");
// Several times as many as may be on their way; burst.long-test.ts has more.
testBurst(test, "8000 calls in a burst, then process.exit", { count: 8000, end: "exit" });

test("values do not wait for the copy of a file that was logged before them", async () => {
  const project = new ServiceProject();
  cpSync(
    fileURLToPath(new URL("fixtures/copy-and-log.mjs", import.meta.url)),
    join(project.folder, "run.mjs"),
  );
  const { child, finished } = project.start(["run.mjs"], { SERVICE_URL });
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const killedMs = Date.now();
  child.kill("SIGKILL");
  const { stdout } = await finished;
  const accepted = stdout
    .trim()
    .split("\n")
    .map((line) => Number(line.split(" ")[1]));
  const old = accepted.filter((atMs) => atMs < killedMs - STALL_MS).length;
  const found = await numbersInJournal(project.folder);
  rmSync(project.folder, { recursive: true, force: true });
  assert.ok(old > 10, `${old} values`);
  assert.ok(found >= old, `${found} of ${old} values older than ${STALL_MS} ms are on the disk`);
});

test.run();
