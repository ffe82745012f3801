import { measure, type Program } from "./measure.ts";
import { median } from "./row.ts";

/** A program that is left out if it fails, such as a peer that this machine cannot run; the others go on without it. */
export type Contender = Program & { readonly isOptional?: boolean };

/**
 * Runs every program in a fresh process, in turn, `rounds` times: what slows the machine down for a while slows
 * all of them. Returns the median of each.
 */
export async function contest<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  rounds: number,
): Promise<Record<Name, number>> {
  return (await contestOfPresent<Name>(programs, rounds)) as Record<Name, number>; // none is optional
}

/** As `contest`; an optional program that fails is left out, and says why. */
export async function contestOfPresent<Name extends string>(
  contenders: Readonly<Partial<Record<Name, Contender>>>,
  rounds: number,
): Promise<Partial<Record<Name, number>>> {
  const entries = Object.entries(contenders) as [Name, Contender][];
  const results = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, contender] of entries) {
      const times = results.get(name);
      if (!times) continue;
      try {
        times.push(await measure(contender));
      } catch (error) {
        if (!contender.isOptional) throw error;
        results.delete(name);
        console.error(`${name} is left out: ${(error as Error).message}`);
      }
    }
  }
  const medians = [...results].map(([name, times]) => [name, median(times)] as const);
  return Object.fromEntries(medians) as Partial<Record<Name, number>>;
}
