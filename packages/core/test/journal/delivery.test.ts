import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { range, testCrash, testFault, testWholeRun, withService } from "./test-delivery.ts";

const test = suite("delivery to a service");

testWholeRun(test, "acc launch");
testCrash(test, "acc launch");

test("the journal is for its owner's eyes, and holds no key, whatever its name", () =>
  withService(async (service, project) => {
    await project.run(["log.mjs"], { SERVICE_URL: service.url });
    const runs = join(project.folder, "runs/.acc");
    const [run = ""] = readdirSync(runs).filter((name) => name !== ".gitignore");
    const journal = join(runs, run, "journal");
    assert.is(statSync(journal).mode & 0o777, 0o600);
    assert.is(statSync(join(runs, run)).mode & 0o777, 0o700);
    for (const file of readdirSync(join(runs, run))) {
      const text = readFileSync(join(runs, run, file), "latin1");
      assert.not.match(text, /s3cret|1234"/);
    }
    assert.match(readFileSync(journal, "latin1"), '"color":1');
    assert.is(readFileSync(join(runs, ".gitignore"), "utf8"), "*\n");
  }));

test("values reach the journal while the script leaves its thread no rest", () =>
  withService(async (service, project) => {
    await service.stop();
    const env = { SERVICE_URL: service.url, BLOCK: "1", COUNT: "200" };
    const { child, finished } = project.start(["log.mjs"], env);
    let seen = "";
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (chunk) => {
        seen += chunk;
        if (seen.includes("\n150\n")) resolve();
      });
    });
    child.kill("SIGKILL");
    await finished;
    await service.start();
    const result = await project.acc(["sync"], { SERVICE_URL: service.url });
    assert.is(result.code, 0, result.stdout);
    const { length } = service.numbers;
    assert.equal(service.numbers, range(length));
    assert.ok(length >= 150 - 40, `${length} of 151 and more`); // 100 ms are at most 20 steps
  }));

testFault(test, "answers that are lost");

test("a service that is down to the end costs the time limit, one line, and no value", () =>
  withService(async (service, project) => {
    await service.stop();
    const env = { SERVICE_URL: service.url, DELIVERY_TIMEOUT: "3000" };
    const started = Date.now();
    const { code, stderr } = await project.run(["log.mjs"], env);
    assert.is(code, 0);
    assert.ok(Date.now() - started < 30_000);
    const [line] = stderr.split("\n").filter((text) => text.includes("acc sync"));
    assert.match(line ?? "", /lacks 22 of 22 events .*: npx acc sync \S+runs\/\.acc\/\S+/);
    const list = await project.acc(["sync", "--list"]);
    assert.match(list.stdout, /project +service +0 +0 +21/);
    await service.start();
    const sync = await project.acc(["sync"], { SERVICE_URL: service.url });
    assert.is(sync.code, 0, sync.stdout);
    assert.equal(service.numbers, range(20));
    assert.equal([...service.finished.values()], ["success"]);
  }));

test("refused credentials are tried once; the events stay", () =>
  withService(async (service, project) => {
    service.mode = { kind: "status", status: 401 };
    const { stderr } = await project.run(["log.mjs"], { SERVICE_URL: service.url });
    assert.ok(service.requests <= 2, `${service.requests} requests`);
    assert.match(stderr, "answers 401");
    service.mode = { kind: "good" };
    await project.acc(["sync"], { SERVICE_URL: service.url });
    assert.equal(service.numbers, range(20));
  }));

test("one event that is refused is counted; its neighbours arrive", () =>
  withService(async (service, project) => {
    service.refused.add(7);
    const { stderr } = await project.run(["log.mjs"], { SERVICE_URL: service.url });
    assert.match(stderr, /failed in 1 call \(first: metrics: the service refuses it\); 20 events/);
    assert.equal(
      service.numbers,
      range(20).filter((i) => i !== 7),
    );
  }));

test.run();
