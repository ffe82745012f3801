import { type Claim, isProven, proofOf } from "../provenance/proof.ts";
import type { JournalHeader } from "./journal-record.ts";

/** The header with a proof that this machine recorded the run, where it can give one. */
export function proveHeader(header: JournalHeader): JournalHeader {
  const proof = proofOf(claim(header), textOf(header));
  return proof === undefined ? header : { ...header, proof };
}

/** Whether this machine recorded the run: nothing that `acc sync` goes by was changed since. */
export function isHeaderOurs(header: JournalHeader): boolean {
  return isProven(claim(header), textOf(header), header.proof);
}

/** What the run is, and what says where it goes; the same text however the journal holds it. */
function textOf({ projectName, startedMs, loggingDir, script, trackers }: JournalHeader): string {
  const parts = [projectName, startedMs, loggingDir, script, trackers];
  return JSON.stringify(parts, (_, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
}

function claim({ id }: JournalHeader): Claim {
  return { kind: "run", of: id };
}
