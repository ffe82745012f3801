import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { Service } from "./service.ts";
import { ServiceProject, WAYS } from "./service-project.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Tests that killed runs lose nothing that the journal accepted, with so many kills from early to late. */
export function testKills(test: Test, way: string, numKills: number): void {
  test(`after kill -9 at any moment everything accepted is delivered once (${way})`, async () => {
    const service = new Service();
    await service.start();
    // Longer than any of them lives.
    const env = { SERVICE_URL: service.url, COUNT: "100000", PAUSE: "1" };
    const args = WAYS[way]?.("log.mjs") ?? [];
    for (let i = 0; i < numKills; i++) {
      service.events.clear();
      service.finished.clear();
      const project = new ServiceProject();
      const { child, finished } = project.start(args, env);
      // From before the run exists to well into it, more often early.
      setTimeout(
        () => child.kill("SIGKILL"),
        150 + (1800 * i * i) / numKills ** 2 + 100 * Math.random(),
      );
      const { stdout } = await finished;
      const accepted = stdout.split("\n").filter((line) => /^\d+$/.test(line)).length;
      const sync = await project.acc(["sync"], { SERVICE_URL: service.url });
      assert.is(sync.code, 0, sync.stdout + sync.stderr);
      const { length } = service.numbers;
      assert.equal(service.numbers, range(length), "in order, without gaps, each once");
      assert.ok(length >= accepted - 110, `${length} of ${accepted}`); // 100 ms are at most 100 steps
      if (length > 0) assert.equal([...service.finished.values()], ["failure"]);
    }
    await service.stop();
  });
}
