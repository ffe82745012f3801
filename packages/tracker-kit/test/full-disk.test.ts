import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onSmallDisk } from "@acc/core/testing";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { appendAt, whenWritable } from "@acc/tracker-kit";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("files on a full disk");
const PAGE = 4096;
const RECORD = 97;

test("end with their last whole record, wherever in it the disk is full", async () => {
  await onSmallDisk(async (disk) => {
    const path = join(disk.folder, "records");
    for (let room = 0; room < RECORD; room++) {
      // The last page has room for a part of a record, of every length in turn.
      const start = PAGE - RECORD * 3 - room;
      writeFileSync(path, Buffer.alloc(start, "s"));
      disk.fill();
      let size = start;
      const append = (number: number): Promise<number> =>
        whenWritable("the file", () => appendAt(path, size, Buffer.alloc(RECORD, `${number}`)));
      const refused: number[] = [];
      for (let number = 0; number < 6; number++) {
        const after = await append(number).catch((error: unknown) => error);
        if (typeof after === "number") size = after;
        else {
          assert.instance(after, TrackerUnreachableError);
          refused.push(number);
          assert.is(statSync(path).size, size, `room for ${room} bytes: a torn record stays`);
        }
      }
      assert.equal(refused, [3, 4, 5], `room for ${room} bytes`);
      disk.free();
      for (const number of refused) size = await append(number);
      const text = readFileSync(path, "utf8").slice(start);
      assert.is(text, [0, 1, 2, 3, 4, 5].map((number) => `${number}`.repeat(RECORD)).join(""));
    }
  }, "512k");
});

test.run();
