import { AcceleratorError } from "../errors.ts";
import type { Command } from "./command.ts";

/** `acc env`: the machine as a training script in the working directory would see it. */
export const envCommand: Command = {
  name: "env",
  summary: "shows versions, the machine, every backend with its reason, and the trackers installed",
  operands: "",
  options: { json: { type: "boolean", help: "for programs" } },
  async run({ json }, operands) {
    if (operands.length > 0) {
      throw new AcceleratorError(
        "OPTION_INVALID",
        `acc env: unexpected argument "${operands[0]}"; it takes none.`,
      );
    }
    // Imported only here: it loads TensorFlow.js, which no other command needs on this thread.
    const { describeEnvironment, formatEnvironment } = await import("./environment-report.ts");
    const environment = await describeEnvironment();
    process.stdout.write(
      json ? `${JSON.stringify(environment, undefined, 2)}\n` : formatEnvironment(environment),
    );
    return 0;
  },
};
