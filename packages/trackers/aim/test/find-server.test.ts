import { createServer } from "node:http";
import type { TrackerUnreachableError } from "@acc/core";
import { listen } from "@acc/test-kit/servers/listen";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { requireAim } from "../src/client/find-server.ts";

const test = suite("Aim's server before anything is written");

const answers: [status: number, message: RegExp, permanent: boolean][] = [
  [429, /^Aim at \S+ answered 429 to /, false],
  [503, /^Aim at \S+ answered 503 to /, false],
  [401, /^Aim at \S+ answered 401 to .*__AIM_RT_BEARER_TOKEN__/, true],
  [404, /is no Aim server: it answered 404 to /, false],
  [200, /is no Aim server: it answered 200 to /, false],
];
for (const [status, message, permanent] of answers) {
  test(`an answer of ${status} is not mistaken for something else`, async () => {
    const server = createServer((_request, response) => response.writeHead(status).end("no"));
    const port = await listen(server);
    try {
      await requireAim(`http://127.0.0.1:${port}`, {}, AbortSignal.timeout(10_000));
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, message);
      assert.is((error as TrackerUnreachableError).permanent, permanent);
    } finally {
      server.close();
    }
  });
}

test.run();
