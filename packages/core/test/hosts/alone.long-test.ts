import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AcceleratorError } from "../../src/errors.ts";
import type { HostsOptions } from "../../src/hosts/transport.ts";
import { launch } from "../../src/launch/launch.ts";
import type { LaunchOptions } from "../../src/launch/launch-options.ts";
import { hostsOf } from "./run-hosts.ts";

const alone = suite("a host whose others do not come");

const script = new URL("./fixtures/places.ts", import.meta.url);

async function failureOf(options: LaunchOptions): Promise<AcceleratorError> {
  try {
    await launch(script, options);
  } catch (error) {
    return error as AcceleratorError;
  }
  throw new Error("it did not fail");
}

function hosts(transport?: HostsOptions["transport"]): HostsOptions {
  const [first] = hostsOf([1, 2]) as [HostsOptions];
  return transport ? { ...first, transport } : first;
}

alone("names them when the time is over, and starts nothing", async () => {
  const error = await failureOf({ hosts: hosts(), timeoutMs: 500 });
  assert.is(error.code, "COLLECTIVE_TIMEOUT");
  assert.match(error.message, "ranks 1, 2 on nodeB did not begin within 500 ms");
});

alone("ends at once when it is interrupted", async () => {
  const controller = new AbortController();
  const start = performance.now();
  setTimeout(() => controller.abort("SIGTERM"), 300);
  const error = await failureOf({ hosts: hosts(), signal: controller.signal });
  assert.is(error.code, "INTERRUPTED");
  assert.is(error.exitCode, 143);
  assert.ok(performance.now() - start < 10_000);
});

alone("says why its transport does not open", async () => {
  const module = new URL("./no-such-transport.ts", import.meta.url).href;
  const error = await failureOf({ hosts: hosts({ module, data: null }) });
  assert.is(error.code, "COLLECTIVE_ABORTED");
  assert.match(error.message, /The transport to the other hosts did not open: .*no-such-transport/);
});

alone("says so where the module has no transport", async () => {
  const module = new URL("./byte-ring.ts", import.meta.url).href;
  const error = await failureOf({ hosts: hosts({ module, data: null }) });
  assert.is(error.code, "COLLECTIVE_ABORTED");
  assert.match(error.message, "The transport to the other hosts did not open");
});

alone("the next launch of the process is not disturbed", async () => {
  const results = await launch(new URL("../launch/fixtures/results.ts", import.meta.url), {
    numProcesses: 1,
  });
  assert.is(results.length, 1);
});

alone.run();
