import { existsSync } from "node:fs";
import { join } from "node:path";
import { onSmallDisk } from "@acc/core/testing";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createTracker } from "./create-tracker.ts";
import { readRun } from "./read-events.ts";

const test = suite("TensorBoard's files on a full disk");

test("hold whole records only, in every file of a call, wherever the disk is full", async () => {
  await onSmallDisk((disk) => {
    for (let length = 0; length < 60; length += 3) {
      const name = `run-${length}`;
      const { tracker } = createTracker(name, disk.folder, { nestedScalars: "runs" });
      tracker.start();
      tracker.log({ filler: "x".repeat(2000 + length) }, { step: 0 });
      // Two files per call: if one of them cannot be written, the other must not have it twice later.
      const log = (step: number): boolean => {
        try {
          tracker.log({ loss: step, parts: { a: step }, text: "y".repeat(50) }, { step });
          return true;
        } catch (error) {
          assert.instance(error, TrackerUnreachableError);
          return false;
        }
      };
      assert.ok(log(1));
      disk.fill();
      let step = 2;
      while (log(step)) step += 1;
      assert.not(log(step), "still full");
      disk.free();
      for (const until = step + 5; step < until; step++) assert.ok(log(step));
      tracker.finish("success");
      const expected = Array.from({ length: step - 1 }, (_, index) => index + 1);
      for (const folder of [name, `${name}/parts_a`]) {
        const tag = folder === name ? "loss" : "parts";
        const points = readRun(join(disk.folder, folder)).flatMap(({ points }) =>
          points.filter((point) => point.tag === tag),
        );
        assert.equal(
          points.map(({ value }) => value),
          expected,
          folder,
        );
      }
    }
  }, "512k");
});

test("begin once there is space", async () => {
  await onSmallDisk((disk) => {
    disk.fill();
    const { tracker } = createTracker("late", disk.folder);
    assert.throws(() => tracker.start(), isUnreachable);
    disk.free();
    tracker.start();
    tracker.log({ loss: 1 }, { step: 0 });
    tracker.finish("success");
    assert.ok(existsSync(join(disk.folder, "late")));
    assert.is(
      readRun(join(disk.folder, "late")).filter(({ points }) => points.length > 0).length,
      1,
    );
  });
});

function isUnreachable(error: unknown): boolean {
  return error instanceof TrackerUnreachableError;
}

test.run();
