import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { AcceleratorError } from "../../src/errors.ts";
import { launch } from "../../src/launch/launch.ts";
import { sharedLaunches } from "../launch/launch-calls.ts";
import type { Scene } from "./fixtures/fit-control.ts";

const script = new URL("./fixtures/fit-control.ts", import.meta.url);
const SCENES: readonly Scene[] = [
  ...(["earlyStopping", "stopOnOneRank", "brokenDataset", "refusals", "tensors"] as const),
  ...(["unequalDatasets", "evaluateAlone", "logging"] as const),
];
const calls = SCENES.map((scene) => [scene]);
const resultsOf = sharedLaunches<unknown>(script, { 1: calls, 2: calls, 3: calls });

/** Tests what ends a training of so many replicas, what they refuse, and that they train alike. */
export function testControl(test: Test, numProcesses: number): void {
  const each = <T>(value: T) => new Array<T>(numProcesses).fill(value);

  test(`early stopping ends ${numProcesses} replica(s) after the same epoch`, async () => {
    assert.equal(await resultsOf(numProcesses, "earlyStopping"), each(3));
  });

  test(`what a callback of one rank stops, stops for all ${numProcesses}`, async () => {
    // fit ends after the second batch, and fitDataset too; the epoch is then over.
    assert.equal(await resultsOf(numProcesses, "stopOnOneRank"), each({ batches: 4, epochs: 2 }));
  });

  test(`a dataset that cannot be read fails on all ${numProcesses} replica(s), and the next call trains`, async () => {
    const ranks = (await resultsOf(numProcesses, "brokenDataset")) as {
      fault: string;
      reads: number;
      losses: number;
    }[];
    for (const [rank, { fault, reads, losses }] of ranks.entries()) {
      assert.match(
        fault,
        rank === 0 ? /disk is gone/ : /Rank 0 could not read the dataset.*disk is gone/,
      );
      assert.is(losses, 1);
      assert.is(reads, rank === 0 ? 7 : 0, "only rank 0 reads");
    }
  });

  test(`refuses on ${numProcesses} replica(s) what would not train the group, until it is freed`, async () => {
    const refused = [
      ...new Array(5).fill("STATE_INVALID"),
      ...new Array(3).fill("OPTION_INVALID"),
      ...["trained", "trained"],
    ];
    const trained = new Array(10).fill("trained");
    for (const codes of (await resultsOf(numProcesses, "refusals")) as string[][]) {
      if (numProcesses > 1) assert.equal(codes, refused);
      else assert.equal(codes, trained);
    }
  });

  test(`leaves no tensor behind on ${numProcesses} replica(s)`, async () => {
    assert.equal(await resultsOf(numProcesses, "tensors"), each(0));
  });

  test(`${numProcesses} replica(s) train on the batches of rank 0`, async () => {
    const ranks = (await resultsOf(numProcesses, "unequalDatasets")) as {
      reads: number;
      weights: number[];
    }[];
    assert.equal(
      ranks.map(({ reads }) => reads),
      each(0).with(0, 4),
    );
    for (const { weights } of ranks) assert.equal(weights, ranks[0]?.weights);
  });

  test(`one of ${numProcesses} replica(s) may evaluate and predict alone`, async () => {
    assert.equal(await resultsOf(numProcesses, "evaluateAlone"), each(0).with(0, 3));
  });
}

const LOGGED = [
  [["val_loss", "loss"], 0],
  [["val_loss", "loss"], 1],
  ...[2, 4].flatMap((step) => [
    [["batch_loss"], step],
    [["loss"], step],
  ]),
  // Four calls with EarlyStopping, which stops each after its second epoch.
  ...new Array(4).fill([0, 1]).flatMap((steps) => steps.map((step: number) => [["loss"], step])),
];

/** Tests what so many replicas log and show, and how an error ends them. */
export function testReports(test: Test, numProcesses: number): void {
  test(`fitCallback logs the main one of ${numProcesses} replica(s), beside any other callback`, async () => {
    const ranks = (await resultsOf(numProcesses, "logging")) as Record<string, unknown>[];
    for (const [rank, { calls: logged, areNumbers, code }] of ranks.entries()) {
      assert.equal(logged, rank === 0 ? LOGGED : []);
      assert.ok(areNumbers);
      assert.is(code, "OPTION_INVALID");
    }
  });

  test(`fit of ${numProcesses} replica(s) shows one bar for every epoch`, async () => {
    const { write } = process.stderr;
    let shown = "";
    process.stderr.write = (text: string | Uint8Array) => {
      shown += text;
      return true;
    };
    try {
      await launch(script, { numProcesses, args: ["progress"], timeoutMs: 30_000 });
    } finally {
      process.stderr.write = write;
    }
    for (const epoch of [1, 2]) {
      const last = new RegExp(
        `^epoch ${epoch}/2 .* 2/2 .*loss [-.\\de]+  val_loss [-.\\de]+$`,
        "gm",
      );
      assert.is(shown.match(last)?.length, 1, shown);
    }
  });

  test(`an error on one of ${numProcesses} replica(s) ends the run with it`, async () => {
    const error = await launch(script, { numProcesses, args: ["failure"], timeoutMs: 30_000 }).then(
      () => undefined,
      (reason: AcceleratorError) => reason,
    );
    assert.is(error?.code, "REPLICA_FAILED");
    assert.is(error?.rank, numProcesses - 1);
    assert.match(error?.message ?? "", "the callback of one rank is broken");
  });
}
