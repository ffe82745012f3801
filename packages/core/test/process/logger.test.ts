import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { AcceleratorError } from "../../src/errors.ts";
import { getLogger } from "../../src/process/logger.ts";

const test = suite("getLogger");
const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ACC = fileOf("../../bin/acc.mjs");
const script = fileOf("./fixtures/log-messages.ts");

function linesOf(numProcesses: number, level?: string): string[] {
  const env = { ...process.env, ...(level === undefined ? {} : { ACC_LOG_LEVEL: level }) };
  const args = [ACC, "launch", "--num-processes", String(numProcesses), script];
  const { status, stderr } = spawnSync(process.execPath, args, {
    ...{ env, encoding: "utf8", timeout: 120_000 },
  });
  assert.is(status, 0, stderr);
  return stderr.split("\n").filter((line) => line.includes("[RANK"));
}

test("messages say their rank, and come once, from all, or in order", () => {
  const lines = linesOf(3);
  const where = (text: string) => lines.filter((line) => line.includes(text));
  assert.equal(where("too little"), []);
  assert.equal(where("once"), ["INFO:train:[RANK 0] once"]);
  const again = [0, 1, 2].map((rank) => `WARN:train:[RANK ${rank}] again`);
  assert.equal(
    where(":train:")
      .filter((line) => line.includes("again"))
      .sort(),
    [again[0], ...again],
    "each set of options once",
  );
  assert.equal(
    where("in order"),
    [1, 2].map((rank) => `INFO:own:[RANK ${rank}] in order ${rank}`),
  );
  assert.equal(
    where("everyone"),
    [0, 1, 2].map((rank) => `ERROR:own:[RANK ${rank}] everyone`),
  );
  assert.is(where(":other:").length, 1, "every logger warns once");
  assert.equal(where("of its own"), ["ERROR:train:[RANK 0] Error: of its own"]);
});

test.slow("the level comes from the environment, unless it is given", () => {
  const lines = linesOf(1, "ERROR");
  assert.equal(lines, ["ERROR:own:[RANK 0] everyone", "ERROR:train:[RANK 0] Error: of its own"]);
  assert.ok(linesOf(1, "debug").includes("DEBUG:train:[RANK 0] too little"));
});

test("a wrong level or option is an error", () => {
  const logger = getLogger("test");
  const cases = [
    () => getLogger("x", { level: "loud" as never }),
    () => getLogger("x", { levels: "info" } as never),
    () => logger.info("x", { inOrder: true } as never),
  ];
  for (const wrong of cases) {
    assert.throws(
      wrong,
      (error: unknown) => error instanceof AcceleratorError && error.code === "OPTION_INVALID",
    );
  }
});

test.run();
