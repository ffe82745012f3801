import { Accelerator } from "../accelerator/accelerator.ts";
import type { Check } from "./check.ts";
import { collectivesCheck } from "./check-collectives.ts";
import { shardingCheck } from "./check-sharding.ts";
import { checkpointCheck, trainingCheck } from "./check-training.ts";

const CHECKS: readonly Check[] = [collectivesCheck, shardingCheck, trainingCheck, checkpointCheck];

/**
 * The script of `acc test`: every replica runs all checks. The first that fails ends the run.
 *
 * @param folder for a checkpoint.
 * @returns how many have passed.
 */
export default async function selfTest(folder: string): Promise<number> {
  const accelerator = new Accelerator();
  for (const check of CHECKS) {
    await check.run(accelerator, folder);
    await accelerator.waitForEveryone();
    accelerator.print(`ok  ${check.name}`);
  }
  return CHECKS.length;
}
