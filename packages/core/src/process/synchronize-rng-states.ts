import { replicaContext } from "../context/replica-context.ts";
import { randomState, restoreRandom, seedThread } from "../random/seeded-random.ts";
import { seedTfjsDraws } from "../random/tfjs-draws.ts";
import { setSeed } from "./set-seed.ts";

const SEEDS = 2 ** 31;

/**
 * From here on every rank draws what rank 0 draws: `Math.random`, initial weights, `tf.randomNormal` and the like. What
 * belongs to the samples of one replica, such as dropout, still differs from rank to rank. Without a seed on rank 0, all
 * ranks get one that rank 0 chooses. Collective.
 */
export async function synchronizeRngStates(): Promise<void> {
  const { collective, scriptUrl } = replicaContext();
  const { rank } = collective;
  const first = { state: randomState(), seed: Math.floor(Math.random() * SEEDS) };
  const { state, seed } = collective.broadcastObject(first, 0, "synchronizeRngStates");
  if (!state) return setSeed(seed);
  if (rank === 0) return restoreRandom(state); // the draw above was not the user's
  const { seeds, thread } = state;
  const own = randomState();
  if (own?.seeds.seed !== seeds.seed || own.seeds.threadSeed !== seeds.threadSeed) {
    seedTfjsDraws(scriptUrl);
    seedThread({ ...seeds, rank });
  }
  const current = randomState();
  if (current) restoreRandom({ ...current, thread });
}
