import { mkdtempSync, openAsBlob, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HttpService } from "../src/http-service.ts";

const test = suite("large uploads");
const BYTES = 400 * 2 ** 20;
const MOST_IN_MEMORY = 120 * 2 ** 20;

for (const kind of ["a file", "a form with a file"]) {
  test(`${kind} is read while it is sent, and never whole in memory`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "acc-large-upload-"));
    const path = join(folder, "large.bin");
    writeFileSync(path, "begin");
    truncateSync(path, BYTES);
    let received = 0;
    let peak = 0;
    const server = createServer((request, response) => {
      request.on("data", (chunk: Buffer) => {
        received += chunk.length;
        peak = Math.max(peak, process.memoryUsage().arrayBuffers);
      });
      request.on("end", () => response.end("{}"));
    });
    try {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const service = new HttpService({ name: "A service", baseUrl });
      const blob = await openAsBlob(path);
      const form = new FormData();
      form.append("file", blob, "large.bin");
      await service.request("/", { body: kind === "a file" ? blob : form, timeoutMs: 200_000 });
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
    assert.ok(received >= BYTES);
    assert.ok(peak < MOST_IN_MEMORY, `${Math.round(peak / 2 ** 20)} MiB of ${BYTES / 2 ** 20}`);
  });
}

test.run();
