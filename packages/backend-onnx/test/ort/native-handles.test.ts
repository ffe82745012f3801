import * as koffi from "koffi";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createRegister, fillSlot, slotsOf } from "../../src/ort/handle-slots.ts";
import { NativeHandles } from "../../src/ort/native-handles.ts";
import { release } from "../../src/ort/release.ts";

const test = suite("native objects");

/** What the native function that frees was called with. */
let released: bigint[] = [];
koffi.load(null);
const callback = koffi.pointer(koffi.proto("void", ["void*"]));
const releaser = BigInt(koffi.register((pointer: bigint) => released.push(pointer), callback));
test.before.each(() => {
  released = [];
});

/** More than there are places in one register. */
const MANY = 3000;

test("are each released once, and their places used again", () => {
  const handles = new NativeHandles(koffi);
  const make = (address: number) =>
    handles.create(releaser, (result) => {
      result[0] = BigInt(address);
    });
  const all = Array.from({ length: MANY }, (_, i) => make(i + 1));
  assert.equal(
    all.map(({ pointer }) => Number(pointer)),
    all.map((_, i) => i + 1),
  );
  all[7]?.release();
  const heir = make(9000);
  all[7]?.release();
  assert.equal(released, [8n]);
  heir.release();
  assert.equal(released, [8n, 9000n]);
  for (const handle of all) handle.release();
  assert.is(new Set(released).size, MANY + 1);
  assert.is(released.length, MANY + 1);
});

test("that cannot be made leave nothing to release", () => {
  const register = createRegister(1);
  const fail = (result: BigUint64Array) => {
    result[0] = 5n;
    throw new Error("no memory");
  };
  assert.throws(() => new NativeHandles(koffi).create(releaser, fail), /no memory/);
  for (const slot of slotsOf(register)) {
    assert.throws(() => fillSlot(slot, releaser, fail), /no memory/);
  }
  release(register);
  assert.equal(released, []);
});

test("that a thread has left are released from its register, once", () => {
  const register = createRegister(3);
  const [first, , third] = slotsOf(register);
  for (const [slot, address] of [
    [first, 70n],
    [third, 90n],
  ] as const) {
    fillSlot(slot as NonNullable<typeof slot>, releaser, (result) => {
      result[0] = address;
    });
  }
  release(register);
  release(register);
  assert.equal(released, [70n, 90n]);
});

test.run();
