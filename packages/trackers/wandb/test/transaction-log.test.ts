import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRecords } from "@acc/test-kit/readers/record-log";
import { frameRecords } from "@acc/tracker-kit";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FILE_HEADER } from "../src/format/transaction-log.ts";
import { HEADER } from "./read-run.ts";

const test = suite("the file of a W&B run");
const vectors = fileURLToPath(new URL("fixtures/vectors/", import.meta.url));

test("frames records as W&B's own client does", () => {
  const abc = frameRecords([Buffer.from("abc")], FILE_HEADER.length);
  assert.is(abc.toString("hex"), "a9209d53030001616263");
  for (const name of ["offline-0.31.0", "handwritten", "minimal", "blocks-0.31.0"]) {
    const data = readFileSync(join(vectors, `${name}.wandb`));
    const records = readRecords(data, HEADER).map(({ payload }) => payload);
    const written = Buffer.concat([FILE_HEADER, frameRecords(records, FILE_HEADER.length)]);
    assert.ok(written.equals(data), name);
  }
});

test("a record may end anywhere in a block", () => {
  for (let length = 32_700; length < 32_800; length++) {
    const records = [Buffer.alloc(length, 1), Buffer.alloc(3, 2), Buffer.alloc(70_000, 3)];
    const data = Buffer.concat([FILE_HEADER, frameRecords(records, FILE_HEADER.length)]);
    const read = readRecords(data, HEADER).map(({ payload }) => payload);
    assert.equal(read, records);
  }
});

test.run();
