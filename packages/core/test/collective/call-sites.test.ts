import { readFileSync } from "node:fs";
import { suite } from "@acc/test-kit/suite";
import * as assert from "uvu/assert";
import { explainLongWaits, explainRanks } from "../../src/launch/explain.ts";
import type { Step } from "./fixtures/rank.ts";
import { everywhere, runRanks } from "./run-ranks.ts";

const test = suite("call sites of collectives");

const lines = readFileSync(new URL("./fixtures/rank.ts", import.meta.url), "utf8").split("\n");

/** `rank.ts:90`, where the fixture makes a call. */
function siteOf(code: string): string {
  const index = lines.findIndex((line) => line.includes(code));
  assert.ok(index >= 0, code);
  return `rank.ts:${index + 1}:`;
}

const GATHER = siteOf("collective.allGather(");
const BARRIER = siteOf("collective.barrier();");

const gather = (call: string): Step => ({ do: "allGather", length: 2, call });

for (const worldSize of [2, 3]) {
  test(`with debug a mismatch of ${worldSize} ranks names the line of each on all of them`, async () => {
    const steps = everywhere(worldSize, gather("gather"));
    steps[1] = [{ do: "barrier" }];
    for (const [outcome] of await runRanks(steps, { debug: true })) {
      assert.ok(outcome && "code" in outcome);
      assert.is(outcome.code, "COLLECTIVE_MISMATCH");
      assert.match(outcome.message, new RegExp(`gather\\(float32\\[2\\]\\) at \\S*${GATHER}`));
      assert.match(outcome.message, new RegExp(`barrier\\(\\) at \\S*${BARRIER}`));
    }
  });
}

test("without debug a mismatch names no line", async () => {
  const [[outcome] = []] = await runRanks([[gather("gather")], [{ do: "barrier" }]]);
  assert.ok(outcome && "code" in outcome);
  assert.not.match(outcome.message, "rank.ts");
});

test.slow(
  "with debug a time limit names the lines of those that wait and of the last call of the one missing",
  async () => {
    const steps: Step[][] = [
      [{ do: "barrier" }, gather("gather")],
      [{ do: "barrier" }, { do: "sleep", ms: 4000 }],
    ];
    const [[, outcome] = []] = await runRanks(steps, { debug: true, timeoutMs: 2000 });
    assert.ok(outcome && "code" in outcome);
    assert.is(outcome.code, "COLLECTIVE_TIMEOUT");
    assert.match(outcome.message, new RegExp(`gather\\(float32\\[2\\]\\) at \\S*${GATHER}`));
    assert.match(
      outcome.message,
      new RegExp(
        `rank 1 has been in no collective for .*; its last one was barrier\\(\\), at \\S*${BARRIER}`,
      ),
    );
  },
);

/** Ranks meet once; then the last one is late by so many ms. */
function late(worldSize: number, ms: number): Step[][] {
  const steps = everywhere(worldSize, { do: "barrier" }, gather("gather"));
  steps[worldSize - 1] = [{ do: "barrier" }, { do: "sleep", ms }, gather("gather")];
  return steps;
}

for (const worldSize of [2, 3]) {
  test(`${worldSize} ranks that are asked say where they stand, and go on`, async () => {
    let told: string[] = [];
    const outcomes = await runRanks(late(worldSize, 1000), {
      meanwhile: async (group) => {
        // Until all of them are where they stay: threads may take long to start.
        for (let tries = 0; tries < 100; tries++) {
          told = await explainRanks(group);
          const waiting = told.filter((line) => /waits in gather.*rank\.ts/.test(line));
          if (waiting.length === worldSize - 1 && told.at(-1)?.includes("barrier")) break;
        }
      },
    });
    for (const rank of Array.from({ length: worldSize - 1 }, (_, index) => index)) {
      assert.match(
        told[rank] ?? "",
        new RegExp(
          `^rank ${rank}, before its first step: waits in gather\\(float32\\[2\\]\\) for \\d+\\.\\d s ` +
            `\\(since \\d\\d:\\d\\d:\\d\\d\\), at \\S*${GATHER}`,
        ),
      );
    }
    assert.match(
      told.at(-1) ?? "",
      /has been in no collective for .*; its last one was barrier\(\)/,
    );
    for (const [, ...rest] of outcomes) assert.ok(rest.every((outcome) => "value" in outcome));
  });
}

test("a long wait is told once, and a short one never", async () => {
  const told: (readonly string[])[] = [];
  const short: (readonly string[])[] = [];
  let stop = (): void => {};
  await runRanks(late(3, 1000), {
    meanwhile: (group) => {
      const stops = [
        explainLongWaits(group, (lines) => told.push(lines), 300),
        explainLongWaits(group, (lines) => short.push(lines), 60_000),
      ];
      stop = () => {
        for (const end of stops) end();
      };
    },
  });
  stop();
  const ofGather = told.filter((lines) => lines.some((line) => line.includes("waits in gather")));
  assert.is(ofGather.length, 1);
  assert.is(short.length, 0);
});

test("a rank that has ended, and one that has begun nothing, are told as such", async () => {
  let told: string[] = [];
  await runRanks([[{ do: "leave" }, { do: "sleep", ms: 800 }], [{ do: "sleep", ms: 800 }]], {
    meanwhile: async (group) => {
      for (let tries = 0; tries < 50 && !told[0]?.includes("ended"); tries++) {
        told = await explainRanks(group);
      }
    },
  });
  assert.match(told[0] ?? "", "rank 0, before its first step: has ended its script");
  assert.match(told[1] ?? "", "rank 1, before its first step: has been in no collective yet");
});

test.run();
