import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("a folder of checkpoints that cannot be written");
const SCRIPT = fileURLToPath(new URL("./fixtures/read-only.ts", import.meta.url));
const PRELOAD = import.meta.resolve("@acc/core/register-ts");
/** Root may write everywhere, so the tests start a user who may not: nobody. */
const NOBODY = 65534;
/** Users other than root have a folder that they may not write too: one of mode 555. */
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
/** The temporary folder of this process may be one that only its user may enter. */
const root = process.getuid?.() === 0 ? "/var/tmp" : tmpdir();
const run = process.platform === "win32" ? test.skip : test;

type Outcome = {
  readonly iteration?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly warnings: readonly string[];
  readonly weight: number;
};

/** What the script has said; undefined if this user may not even read it. */
async function train(project: string, as: object): Promise<Outcome | undefined> {
  const child = spawn(process.execPath, ["--import", PRELOAD, SCRIPT, project], {
    ...{ ...as, stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 },
    env: { ...process.env, HOME: project, TMPDIR: root },
  });
  let [output, faults] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    faults += chunk;
  });
  await once(child, "close");
  const line = output.split("\n").find((text) => text.startsWith("{"));
  if (line !== undefined) return JSON.parse(line) as Outcome;
  if (/EACCES: permission denied.*(node_modules|packages)/.test(faults)) return undefined;
  throw new Error(output + faults);
}

run("a run goes on from it, is told why nothing can be saved, and trains on", async () => {
  const project = mkdtempSync(join(root, "acc-read-only-"));
  const checkpoints = join(project, "checkpoints");
  chmodSync(project, 0o755);
  try {
    assert.is((await train(project, {}))?.error, undefined);
    for (const folder of [checkpoints, project]) chmodSync(folder, 0o555);
    const before = readdirSync(checkpoints);
    const found = await train(project, user);
    if (!found) return; // a checkout that only root may read
    assert.is(found.iteration, 0);
    assert.is(found.weight, -2);
    assert.is(found.error?.code, "CHECKPOINT_FAILED");
    assert.match(
      found.error?.message ?? "",
      /EACCES.*checkpoints.* This user may not .* choose another/,
    );
    assert.ok(found.warnings.some((text) => text.includes("training goes on")));
    assert.equal(readdirSync(checkpoints), before);
  } finally {
    for (const folder of [project, checkpoints]) chmodSync(folder, 0o755);
    rmSync(project, { recursive: true });
  }
});

test.run();
