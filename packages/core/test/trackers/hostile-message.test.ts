import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, type AcceleratorError, GeneralTracker } from "../../src/index.ts";

const test = suite("what a service says");
const warnings: string[] = [];
process.on("warning", (warning) => warnings.push(warning.message));

/** Sets the title of a terminal, clears it, goes back in its line, and turns the direction of writing. */
const HOSTILE = "\u001b]0;owned\u0007\u001b[2J\r\n\u009b1A\u202eno";
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const COMMANDS = /[\u0000-\u001f\u007f-\u009f\u202e]/;

class HostileService extends GeneralTracker {
  readonly name = "hostile";
  readonly requiresLoggingDirectory = false;
  readonly tracker = undefined;

  override storeInitConfiguration(): void {}

  override log(): void {
    throw new Error(`it answered 400: ${HOSTILE}`);
  }
}

test("does not command the terminal: neither in warnings nor in the error of a strict run", async () => {
  const accelerator = new Accelerator({ logWith: new HostileService() });
  await accelerator.initTrackers("project", { strict: true });
  accelerator.log({ loss: 1 });
  const error: AcceleratorError = await accelerator.endTraining().then(
    () => assert.unreachable("a strict run"),
    (thrown) => thrown,
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.match(error.message, "it answered 400");
  for (const message of [error.message, ...warnings]) assert.not.match(message, COMMANDS);
  assert.ok(warnings.some((message) => message.includes("it answered 400")));
});

test.run();
