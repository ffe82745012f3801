import type { Command } from "./command.ts";
import { noOperands } from "./parse-arguments.ts";

/** `acc env`: the machine as a training script in the working directory would see it. */
export const envCommand: Command = {
  name: "env",
  summary: "shows versions, the machine, every backend with its reason, and the trackers installed",
  operands: "",
  options: { json: { type: "boolean", help: "for programs" } },
  async run({ json }, operands) {
    noOperands("env", operands);
    // Imported only here: it loads TensorFlow.js, which no other command needs on this thread.
    const { describeEnvironment, formatEnvironment } = await import("./environment-report.ts");
    const environment = await describeEnvironment();
    process.stdout.write(
      json ? `${JSON.stringify(environment, undefined, 2)}\n` : formatEnvironment(environment),
    );
    return 0;
  },
};
