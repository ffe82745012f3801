import { requireDeterminism } from "../backend/determinism.ts";
import { replicaContext } from "../context/replica-context.ts";
import { AcceleratorError } from "../errors.ts";
import { checkOptions } from "../options/check-options.ts";
import { foundArgument } from "../options/found-text.ts";
import type { OptionRules } from "../options/option-rule.ts";
import { seedThread } from "../random/seeded-random.ts";
import { seedTfjsDraws } from "../random/tfjs-draws.ts";

export type SetSeedOptions = {
  /** A different seed on every rank: `seed + rank`. Default false. */
  readonly deviceSpecific?: boolean;
  /**
   * Refuse a backend whose operations may give other bits in every run: `tensorflow`, unless the environment of the program
   * has `TF_DETERMINISTIC_OPS=1`. The other backends, and the exchange of gradients, always give the same bits for the same
   * program on the same number of replicas, on one machine. Default: as it was, at first false.
   */
  readonly deterministic?: boolean;
};

const RULES: OptionRules<SetSeedOptions> = { deviceSpecific: "boolean", deterministic: "boolean" };

/**
 * Seeds the random numbers of this replica: `Math.random`, and with it initial weights, `tf.randomNormal` and the
 * like, `tf.util.shuffle`, dropout; shuffles of `tf.data`; the orders of a `DataLoader`; `dropout` of this package.
 * Call it on every rank, before anything that should be reproducible.
 *
 * All ranks draw the same, so that weights and data that each of them makes agree. What belongs to the samples of one
 * replica differs from rank to rank: dropout and the noise layers of tfjs. Random numbers that a dataset draws while it
 * reads a sample depend only on the seed, the pass and the sample, not on the rank or thread that reads it.
 *
 * @param seed an integer.
 * @throws {AcceleratorError} `OPTION_INVALID`; so does a later `prepare` that chooses a backend that is not `deterministic`.
 */
export function setSeed(seed: number, options: SetSeedOptions = {}): void {
  checkOptions("setSeed", options, RULES);
  if (!Number.isSafeInteger(seed)) {
    const found = foundArgument(seed, "setSeed(42)");
    throw new AcceleratorError("OPTION_INVALID", `setSeed: an integer is needed, got ${found}.`);
  }
  if (options.deterministic !== undefined) requireDeterminism(options.deterministic);
  const { collective, scriptUrl } = replicaContext();
  const { rank } = collective;
  seedTfjsDraws(scriptUrl);
  seedThread({ seed, threadSeed: options.deviceSpecific ? seed + rank : seed, rank });
}
