import { fileURLToPath } from "node:url";

const ACC = fileURLToPath(new URL("../../core/bin/acc.mjs", import.meta.url));
export const TRAIN: string = fileURLToPath(new URL("./fixtures/train.ts", import.meta.url));

/** The command of `acc launch` with its arguments. */
export function accLaunch(...args: readonly string[]): string[] {
  return [process.execPath, ACC, "launch", ...args];
}

/** The weights that ranks have printed, each value once; and how many ranks have. */
export function weightsIn(output: string): { readonly ranks: number; readonly weights: string[] } {
  const found = [...output.matchAll(/rank \d+ of \d+: weights (\w+)/g)].map(
    ([, hash = ""]) => hash,
  );
  return { ranks: found.length, weights: [...new Set(found)] };
}
