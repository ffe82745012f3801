import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("text that a replica writes as bytes");
const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));
const SCRIPT = fileURLToPath(new URL("fixtures/bytes.mjs", import.meta.url));
const LIMITS = { encoding: "utf8", timeout: 60_000 } as const;

test("is what node prints, with characters that are cut between two writes", () => {
  const plain = spawnSync(process.execPath, [SCRIPT], LIMITS);
  assert.match(plain.stdout, "héllo 世界 ✓\nhi\nworld ");
  const args = [ACC, "launch", "--num-processes", "1", SCRIPT];
  const launched = spawnSync(process.execPath, args, LIMITS);
  assert.is(launched.status, 0, launched.stderr);
  assert.is(launched.stdout.trimEnd(), plain.stdout.trimEnd());
});

test.run();
