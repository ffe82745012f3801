import { cpus } from "node:os";
import { getBackend } from "@tensorflow/tfjs-core";
import { coreShare } from "../backend/core-share.ts";

/** What the rounding of a step depends on, besides the script. */
const TRAITS = {
  backend: (value: string) => `the backend ${value}`,
  cpu: (value: string) => `the processor ${value}`,
  cores: (value: string) => `${value} core(s) per replica`,
} as const;

type Trait = keyof typeof TRAITS;

/** The machine that this thread trains on with so many replicas, as the manifest of a checkpoint names it. */
export function machineOf(replicas: number): Readonly<Record<Trait, string>> {
  return {
    backend: getBackend() ?? "none",
    cpu: cpus()[0]?.model ?? "unknown",
    cores: String(coreShare(replicas)),
  };
}

/** What differs between the machine of a checkpoint and this one; undefined if nothing that is known does. */
export function machineNotice(
  saved: Readonly<Record<string, string>>,
  now: Readonly<Record<Trait, string>>,
): string | undefined {
  const other = (Object.keys(TRAITS) as Trait[]).filter(
    (trait) => saved[trait] !== undefined && saved[trait] !== now[trait],
  );
  if (other.length === 0) return undefined;
  const list = (values: Readonly<Record<string, string>>) =>
    other.map((trait) => TRAITS[trait](values[trait] as string)).join(", ");
  return (
    `the checkpoint was written with ${list(saved)}, and this run has ${list(now)}. It goes on, but sums may be rounded in ` +
    "another way: the weights may differ in their last bits from those of a run that was not interrupted."
  );
}
