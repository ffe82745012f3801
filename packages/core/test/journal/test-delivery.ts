import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { type Mode, Service } from "./service.ts";
import { ServiceProject, WAYS } from "./service-project.ts";

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export async function withService(
  use: (service: Service, project: ServiceProject) => Promise<void>,
) {
  const service = new Service();
  await service.start();
  try {
    await use(service, new ServiceProject());
  } finally {
    await service.stop();
  }
}

const argsOf = (way: string): string[] => WAYS[way]?.("log.mjs") ?? [];

export function testWholeRun(test: Test, way: string): void {
  test(`hands over every event once, in order, and how the run ended (${way})`, () =>
    withService(async (service, project) => {
      const result = await project.run(argsOf(way), { SERVICE_URL: service.url });
      assert.is(result.code, 0, result.stderr);
      assert.equal(service.numbers, range(20));
      assert.equal([...service.finished.values()], ["success"]);
      assert.is(result.stderr, "");
      const list = await project.acc(["sync", "--list", "--json"]);
      const [{ trackers }] = JSON.parse(list.stdout);
      const done = { delivered: 21, failed: 0, pending: 0, isComplete: true };
      assert.equal(trackers, [{ name: "service", delivers: true, ...done }]);
    }));
}

export function testCrash(test: Test, way: string): void {
  test(`a script that fails leaves nothing behind in memory (${way})`, () =>
    withService(async (service, project) => {
      for (const crash of ["exit", "throw"]) {
        const env = { SERVICE_URL: service.url, CRASH: crash };
        const { code } = await project.run(argsOf(way), env);
        assert.is.not(code, 0);
      }
      await project.acc(["sync"], { SERVICE_URL: service.url });
      assert.equal(
        service.numbers.sort((a, b) => a - b),
        range(20).flatMap((i) => [i, i]),
      );
      assert.equal([...service.finished.values()], ["failure", "failure"]);
    }));
}

const FAULTS = {
  "429 with Retry-After": { kind: "status", status: 429, retryAfter: 1 },
  "500": { kind: "status", status: 500 },
  "503": { kind: "status", status: 503 },
  "broken connections": { kind: "reset" },
  "answers that are lost": { kind: "lost-answer" },
  garbage: { kind: "garbage" },
  "no answer": { kind: "hang" },
} satisfies Record<string, Mode>;
export type Fault = keyof typeof FAULTS;
export const ALL_FAULTS = Object.keys(FAULTS) as Fault[];

export function testFault(test: Test, name: Fault): void {
  test(`survives ${name}, and delivers everything once it is over`, () =>
    withService(async (service, project) => {
      service.mode = FAULTS[name];
      const env = { SERVICE_URL: service.url, COUNT: "40", PAUSE: "25" };
      const { finished } = project.start(["log.mjs"], env);
      await service.seen(2);
      service.mode = { kind: "good" };
      const result = await finished;
      assert.is(result.code, 0, result.stderr);
      assert.match(result.stderr, "cannot deliver now");
      assert.equal(service.numbers, range(40));
      assert.equal([...service.finished.values()], ["success"]);
    }));
}
