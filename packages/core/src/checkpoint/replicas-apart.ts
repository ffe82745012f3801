import { type OwnSpec, savedSpecs } from "./rank-part.ts";

/** What a user is told whose replicas differ in what replicas have in common, by each rank that differs from rank 0. */
export function apartMessage(ranks: readonly (readonly OwnSpec[])[]): string {
  const differences = savedSpecs(ranks).flatMap((specs, rank) => {
    const [first, ...others] = specs.filter(({ isInModel }) => isInModel);
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    return first ? [`rank ${rank} in "${first.name}"${more}`] : [];
  });
  return (
    `saveState: the replicas differ: ${differences.join("; ")}. The checkpoint has what each of them has, and so will the next ` +
    "ones. If they should be equal, find what is changed on one rank alone: await accelerator.fingerprint() in the loop says from " +
    "when on."
  );
}
