import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("a host that is killed");
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const LIMIT_MS = 30_000;

/** The processes of a process group, without dead ones that nobody has waited for. */
function processesOf(group: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // pid (command) state parent group …; the command may hold spaces.
        const [state, , ofGroup] = readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ");
        return Number(ofGroup) === group && state !== "Z";
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);
}

test("leaves no process behind, and all that was logged", async () => {
  const directory = mkdtempSync(join(tmpdir(), "acc-kill-"));
  const log = join(directory, "log.jsonl");
  const child = spawn(
    process.execPath,
    [here("../../bin/acc.mjs"), "launch", "--num-processes", "2", here("fixtures/endless.ts"), log],
    { detached: true, timeout: LIMIT_MS, stdio: ["ignore", "pipe", "inherit"] },
  );
  const group = child.pid as number; // detached: it leads a group of its own
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.on("exit", () => reject(new Error(`it ended before it was killed:\n${output}`)));
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.includes("epoch 2")) resolve();
    });
  });
  assert.ok(processesOf(group).length > 0);
  child.removeAllListeners("exit");
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await ended;
  assert.equal(processesOf(group), []);
  const epochs = readFileSync(log, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).epoch as number);
  assert.is(epochs.filter((epoch) => epoch === 1).length, 64 / 4 / 2);
  rmSync(directory, { recursive: true });
});

test.run();
