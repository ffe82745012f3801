import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { installedMpis } from "../installed-mpis.ts";
import { nodeCommand } from "../run-job.ts";

const test = suite("loading a library leaves the heap alone");
const GUARD = fileURLToPath(new URL("../fixtures/heap-guard.ts", import.meta.url));
if (installedMpis.length === 0) test.skip("no MPI is installed", () => {});

/** By how many bytes the end of the heap moved; a process that died has lost a page that it used. */
function moved(library: string, env: NodeJS.ProcessEnv): string {
  const [command = "", ...args] = nodeCommand(GUARD, library);
  const { stdout, signal } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: 30_000,
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  return signal ?? stdout.trim();
}

for (const { name, folder, libraries } of installedMpis)
  for (const library of Object.keys(libraries)) {
    const path = join(folder, "lib", library);
    test(`${library} of ${name}`, () => {
      assert.is(moved(path, { UCX_MEM_EVENTS: undefined }), "moved by 0");
      // Without our variable it does, or this test could not fail. A later library may behave.
      const without = moved(path, { UCX_MEM_EVENTS: "y" });
      if (without === "moved by 0") console.log(`${library}: needs no UCX_MEM_EVENTS any more`);
    });
  }

test.run();
