import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { metricsInJournal } from "@acc/test-kit/faults/numbers-in-journal";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { ServiceProject, WAYS } from "./service-project.ts";

const script = fileURLToPath(new URL("fixtures/burst.mjs", import.meta.url));
/** Nobody listens there. */
export const SERVICE_URL = "http://127.0.0.1:9";
const EXIT_CODES = { exit: 3, throw: 1, end: 0 };

type Burst = { readonly end: keyof typeof EXIT_CODES } & (
  | { readonly count: number }
  | { readonly arrays: number; readonly arrayMb: number }
);

/**
 * Tests that what a script logs without rest, before it ends in one of three ways, is in the journal.
 *
 * @param ways default: under plain `node`, and in a replica.
 */
export function testBurst(
  test: Test,
  name: string,
  burst: Burst,
  ways: readonly string[] = Object.keys(WAYS),
): void {
  for (const way of ways) {
    const args = WAYS[way]?.("burst.mjs") ?? [];
    test(`${name} (${way})`, async () => {
      const project = new ServiceProject();
      cpSync(script, join(project.folder, "burst.mjs"));
      const [size, events] =
        "count" in burst
          ? [{ COUNT: String(burst.count) }, burst.count]
          : [{ ARRAYS: String(burst.arrays), ARRAY_MB: String(burst.arrayMb) }, burst.arrays];
      const env = { SERVICE_URL, END: burst.end, ...size };
      const ended = await project.run(args, env);
      assert.is(ended.code, EXIT_CODES[burst.end], ended.stderr);
      assert.not.match(ended.stderr, "lost");
      const found = (await metricsInJournal(project.folder)).map(({ i }) => i);
      assert.equal(found, Array.from(Array(events).keys()), "each once, in order");
      rmSync(project.folder, { recursive: true, force: true });
    });
  }
}
