import { launchedTogether } from "../launched-together.ts";

let isWarned = false;

/** Warns, once, in a process that `mpiexec` has started beside others and that no launch of ours has joined to them. */
export function warnIfAlone(): void {
  const count = launchedTogether(process.env);
  if (count === 1 || isWarned) return;
  isWarned = true;
  process.emitWarning(
    `This script trains alone, though its launcher has started ${count} processes: each of them trains for itself. Start it with ` +
      "acc launch to train together, such as mpiexec -n 2 node_modules/.bin/acc launch train.ts.",
    "AcceleratorWarning",
  );
}
