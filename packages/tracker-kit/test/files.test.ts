import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filesBelow, pathsBelow } from "../src/files-below.ts";
import { replaceFile, replaceFileBy } from "../src/replace-file.ts";
import { writeZip } from "../src/zip-file.ts";

const test = suite("files");
const temporary = () => mkdtempSync(join(tmpdir(), "acc-kit-"));

test("a file is replaced as a whole, and stays as it was if writing fails", async () => {
  const folder = temporary();
  const path = join(folder, "made/on/demand.txt");
  await replaceFile(path, "old");
  const failing = replaceFileBy(path, async (temporaryPath) => {
    writeFileSync(temporaryPath, "half");
    throw new Error("disk");
  });
  await failing.then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, "disk"),
  );
  assert.is(readFileSync(path, "utf8"), "old");
  await replaceFile(path, "new");
  assert.is(readFileSync(path, "utf8"), "new");
  assert.equal(readdirSync(join(folder, "made/on")), ["demand.txt"]);
});

test("the files of a folder come in the order of their names; a file is itself", async () => {
  const folder = temporary();
  mkdirSync(join(folder, "b/c"), { recursive: true });
  for (const name of ["z", "b/a", "b/c/d", "B"]) writeFileSync(join(folder, name), name);
  assert.equal(
    (await filesBelow(folder)).map(({ name }) => name),
    ["B", "b/a", "b/c/d", "z"],
  );
  assert.equal(await filesBelow(join(folder, "z")), [{ path: join(folder, "z"), name: "" }]);
});

test("a ZIP file holds every entry, compressed or not", async () => {
  const folder = temporary();
  const big = Buffer.alloc(700_000, "abc");
  writeFileSync(join(folder, "big"), big);
  const path = join(folder, "all.zip");
  await writeZip(path, [
    { name: "x/big.txt", content: { path: join(folder, "big") }, isCompressed: true },
    { name: "raw", content: Buffer.from("raw"), isCompressed: false },
    { name: "empty", content: Buffer.alloc(0), isCompressed: true },
  ]);
  const found = unzipSync(readFileSync(path));
  assert.ok(Buffer.from(found["x/big.txt"] as Uint8Array).equals(big));
  assert.is(Buffer.from(found.raw as Uint8Array).toString(), "raw");
  assert.is(found.empty?.length, 0);
  assert.ok(readFileSync(path).length < 100_000);
  assert.equal(readdirSync(folder).sort(), ["all.zip", "big"]);
});

test("an entry that is missing leaves no ZIP file", async () => {
  const folder = temporary();
  const content = { path: join(folder, "none") };
  const writing = writeZip(join(folder, "all.zip"), [{ name: "a", content, isCompressed: true }]);
  await writing.then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, "ENOENT"),
  );
  assert.equal(readdirSync(folder), []);
});

test("links in a folder are not followed, also where they lead in a circle", async () => {
  const folder = temporary();
  mkdirSync(join(folder, "b/c"), { recursive: true });
  for (const name of ["a.txt", "b/z.txt", "b/c/y.txt"]) writeFileSync(join(folder, name), name);
  symlinkSync("..", join(folder, "b/up"));
  symlinkSync(folder, join(folder, "b/c/top"));
  symlinkSync("b", join(folder, "same"));
  symlinkSync("nowhere", join(folder, "broken"));
  assert.equal(pathsBelow(folder), ["a.txt", "b/c/y.txt", "b/z.txt"]);
  const files = await filesBelow(folder);
  assert.equal(
    files.map(({ path, name }) => [name, readFileSync(path, "utf8")]),
    ["a.txt", "b/c/y.txt", "b/z.txt"].map((name) => [name, name]),
  );
});

test.run();
