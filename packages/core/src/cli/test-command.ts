import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { launch } from "../launch/launch.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { launchSettings, SETTING_OPTIONS } from "./launch-settings.ts";
import { noOperands } from "./parse-arguments.ts";
import { printLines } from "./terminal.ts";

// The compiler does not change this URL: it means the source in src and the built file in dist.
const SCRIPT = new URL(`../self-test/script${extname(import.meta.url)}`, import.meta.url);

/** `acc test`: the self-test of the library on this machine. */
export const testCommand: Command = {
  name: "test",
  summary: "checks on this machine that replicas meet, share data, train and save as they should",
  operands: "",
  options: SETTING_OPTIONS,
  async run(values, operands, signal) {
    noOperands("test", operands);
    const { numProcesses, timeoutMs, debug } = await launchSettings("test", values);
    const folder = await mkdtemp(join(tmpdir(), "acc-test-"));
    try {
      const passed = await launch<number>(SCRIPT, {
        ...{ args: [join(folder, "checkpoint")], signal, explainSignal: "SIGUSR2" },
        ...(numProcesses === undefined ? {} : { numProcesses }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(debug === undefined ? {} : { debug }),
      });
      const replicas = passed.length === 1 ? "1 replica" : `${passed.length} replicas`;
      printLines([`All ${passed[0]} checks have passed on ${replicas}.`]);
      return EXIT.done;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
