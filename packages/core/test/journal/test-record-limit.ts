import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { numbersInJournal } from "@acc/test-kit/faults/numbers-in-journal";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { ServiceProject, WAYS } from "./service-project.ts";

const script = fileURLToPath(new URL("fixtures/too-large.mjs", import.meta.url));

export function testTooLarge(test: Test, way: string): void {
  test(`are refused at the call, with key and limit; the others arrive (${way})`, async () => {
    const project = new ServiceProject();
    cpSync(script, join(project.folder, "too-large.mjs"));
    const ended = await project.run(WAYS[way]?.("too-large.mjs") ?? [], {
      SERVICE_URL: "http://127.0.0.1:9",
    });
    assert.is(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /log: the value "weights" is left out: it takes 534 MiB .* 500 MiB/);
    assert.match(ended.stderr, /log: the value "text" is left out: it takes 541 MiB .* 500 MiB/);
    assert.is(await numbersInJournal(project.folder), 3);
    rmSync(project.folder, { recursive: true, force: true });
  });
}
