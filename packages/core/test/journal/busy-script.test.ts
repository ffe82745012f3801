import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { numbersInJournal } from "@acc/test-kit/faults/numbers-in-journal";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { ServiceProject, WAYS } from "./service-project.ts";
import { SERVICE_URL } from "./test-burst.ts";

/** Within 100 ms where the threads get their turns; a busy machine may hold up the thread that writes. */
const STALL_MS = 700;
const script = fileURLToPath(new URL("fixtures/log-and-compute.mjs", import.meta.url));
const test = suite("a script that computes without a pause after log");

for (const [way, argsOf] of Object.entries(WAYS)) {
  for (const [state, pauseMs] of [
    ["asleep", 500],
    ["awake", 0],
  ] as const) {
    const register = state === "asleep" ? test : test.slow;
    register(
      `has its values on the disk all the same (${way}, the other thread ${state})`,
      async () => {
        const project = new ServiceProject();
        cpSync(script, join(project.folder, "run.mjs"));
        const env = { SERVICE_URL, PAUSE_MS: String(pauseMs) };
        const { child, finished } = project.start(argsOf("run.mjs"), env);
        await new Promise((resolve) => child.stdout?.once("data", resolve));
        await pause(STALL_MS);
        child.kill("SIGKILL");
        const { stderr } = await finished;
        assert.is(await numbersInJournal(project.folder), 10, stderr);
        rmSync(project.folder, { recursive: true, force: true });
      },
    );
  }
}

test.run();
