import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { onlineSuite, start } from "./online-suite.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const test = onlineSuite("SwanLab online: a large file");
const BYTES = 100 * 2 ** 20 + 7;

test("goes in parts", async ({ server }) => {
  const folder = temporaryFolder();
  const path = join(folder, "large.bin");
  writeFileSync(path, "begin");
  truncateSync(path, BYTES);
  const recording = await start(server, {}, folder);
  recording.tracker.tracker.save(path);
  await recording.finish();
  assert.equal(server.experiment.files, { "large.bin": `${BYTES} bytes` });
  const parts = server.requests.filter(
    ({ method, path: at }) => method === "PUT" && /put/.test(at),
  );
  assert.is(parts.length, 4);
});

test.run();
