import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { Service } from "./service.ts";
import { ServiceProject } from "./service-project.ts";

/** A project whose run had a service that was down. */
export async function undelivered(
  service: Service,
  env: Record<string, string> = {},
): Promise<ServiceProject> {
  const project = new ServiceProject();
  const wanted = { SERVICE_URL: service.url, DELIVERY_TIMEOUT: "0", ...env };
  const { code, stderr } = await project.run(["log.mjs"], wanted);
  assert.is(code, 0, stderr);
  return project;
}

export function runFolder(project: ServiceProject): string {
  const runs = join(project.folder, "runs/.acc");
  const [run = ""] = readdirSync(runs).filter((name) => name !== ".gitignore");
  return join(runs, run);
}

export async function stopped(): Promise<Service> {
  const service = new Service();
  await service.start(); // to have a port
  await service.stop();
  return service;
}

export const FAULTS: readonly object[] = [
  { sequence: 7, offset: 1e9 },
  { sequence: 3, offset: 20 },
  { sequence: -1 },
  { sequence: 2.5, offset: 200 },
  { delivered: "many" },
  { isComplete: "no" },
  { isComplete: true },
  { state: "lost" },
];

/** Tests cursors that no delivery of the journal has written. */
export function testWrongCursors(test: Test, faults: readonly object[]): void {
  test("a cursor that does not fit its journal is an error", async () => {
    const service = await stopped();
    const project = await undelivered(service);
    const cursor = join(runFolder(project), "service.cursor.json");
    await service.start();
    const env = { SERVICE_URL: service.url };
    for (const fault of faults) {
      writeFileSync(cursor, JSON.stringify(fault));
      const sync = await project.acc(["sync", "--trust", "."], env);
      assert.is(sync.code, 1, `${JSON.stringify(fault)}: ${sync.stdout}`);
      assert.match(sync.stdout, "does not fit the journal");
      assert.equal(service.numbers, []);
    }
    await service.stop();
  });
}
