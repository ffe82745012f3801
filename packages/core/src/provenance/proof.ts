import { createHmac, timingSafeEqual } from "node:crypto";
import { machineKey } from "./machine-key.ts";

/** What is proven: a run's header, or how far a tracker of a run got. */
export type Claim = { readonly kind: "run" | "cursor"; readonly of: string };

/** The code by which this machine recognises a text that it wrote; undefined where it can keep no secret. */
export function proofOf(claim: Claim, text: Uint8Array | string): string | undefined {
  const key = machineKey();
  if (!key) return undefined;
  return createHmac("sha256", key)
    .update(JSON.stringify([claim.kind, claim.of]))
    .update("\n")
    .update(text)
    .digest("hex");
}

/** Whether this machine wrote the text. */
export function isProven(claim: Claim, text: Uint8Array | string, proof: unknown): boolean {
  const wanted = proofOf(claim, text);
  if (wanted === undefined || typeof proof !== "string") return false;
  const [expected, found] = [Buffer.from(wanted), Buffer.from(proof)];
  return expected.length === found.length && timingSafeEqual(expected, found);
}
