import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ProtobufWriter } from "../../src/onnx/protobuf-writer.ts";

const test = suite("protobuf writer");

const written = (write: (writer: ProtobufWriter) => void): number[] => {
  const writer = new ProtobufWriter();
  write(writer);
  return [...writer.bytes];
};

test("integers as varints, negative ones in ten bytes", () => {
  assert.equal(
    written((w) => w.integer(1, 0)),
    [8, 0],
  );
  assert.equal(
    written((w) => w.integer(1, 300)),
    [8, 0xac, 2],
  );
  assert.equal(
    written((w) => w.integer(2, -1)),
    [16, ...Array(9).fill(255), 1],
  );
  assert.equal(
    written((w) => w.integer(1, 2 ** 40)),
    [8, 128, 128, 128, 128, 128, 32],
  );
});

test("floats, text and data", () => {
  assert.equal(
    written((w) => w.float(2, 1)),
    [21, 0, 0, 128, 63],
  );
  assert.equal(
    written((w) => w.text(3, "Add")),
    [26, 3, 65, 100, 100],
  );
  assert.equal(
    written((w) => w.text(3, "é")),
    [26, 2, 0xc3, 0xa9],
  );
  assert.equal(
    written((w) => w.data(9, Uint8Array.of(7, 8))),
    [74, 2, 7, 8],
  );
});

test("nested messages have a length of five bytes", () => {
  const bytes = written((w) => w.message(7, () => w.message(1, () => w.integer(1, 5))));
  assert.equal(bytes, [58, 136, 128, 128, 128, 0, 10, 130, 128, 128, 128, 0, 8, 5]);
});

test("grows beyond its first array", () => {
  const large = new Uint8Array(300_000).fill(3);
  const bytes = written((w) => {
    w.message(1, () => {
      w.data(9, large);
      w.text(8, "x".repeat(200_000));
    });
  });
  assert.is(bytes.length, 1 + 5 + 1 + 3 + 300_000 + 1 + 3 + 200_000);
  const length = bytes.slice(1, 6).reduce((sum, byte, i) => sum + (byte & 127) * 128 ** i, 0);
  assert.is(length, bytes.length - 6);
});

test.run();
