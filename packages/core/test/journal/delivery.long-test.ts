import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  ALL_FAULTS,
  range,
  testCrash,
  testFault,
  testWholeRun,
  withService,
} from "./test-delivery.ts";

const test = suite("delivery to a service, with all faults of it");

testWholeRun(test, "plain node");
testCrash(test, "plain node");
for (const fault of ALL_FAULTS) testFault(test, fault);

test("a service that hangs to the end is reported once, and not as what broke the request off", () =>
  withService(async (service, project) => {
    service.mode = { kind: "hang" };
    const limits = { DELIVERY_TIMEOUT: "1000", SERVICE_TIMEOUT: "30000" };
    const env = { SERVICE_URL: service.url, ...limits };
    const { code, stderr } = await project.run(["log.mjs"], env);
    assert.is(code, 0);
    assert.match(stderr, /lacks 22 of 22 events \(the time limit .*ended before .*: npx acc sync /);
    assert.not.match(stderr, /cannot deliver now|abort/);
    service.mode = { kind: "good" };
    const sync = await project.acc(["sync"], { SERVICE_URL: service.url });
    assert.is(sync.code, 0, sync.stdout);
    assert.equal(service.numbers, range(20));
  }));

test("a service that dies in the middle and comes back gets everything once", () =>
  withService(async (service, project) => {
    const env = { SERVICE_URL: service.url, COUNT: "60", PAUSE: "25" };
    const { finished } = project.start(["log.mjs"], env);
    await service.seen(2);
    await service.stop();
    setTimeout(() => void service.start(), 1000);
    const { code, stderr } = await finished;
    assert.is(code, 0, stderr);
    assert.equal(service.numbers, range(60));
  }));

test.run();
