import { deepStrictEqual } from "node:assert/strict";
import { requireMediaOnce } from "./contract-media.ts";
import { type ContractSubject, openRun } from "./contract-subject.ts";
import { scratchFolder } from "./folders.ts";
import { logAllMedia } from "./media.ts";

/** The run was closed, and had values behind the checkpoint. Each value is there once in the end. */
export async function goesOnFromCheckpoint(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const first = await openRun(subject, folder);
  for (let step = 0; step < 10; step++) {
    first.log({ loss: step / 4 }, { step });
    if (step === 4) await first.saveState();
    if (step === 6) logAllMedia(first, step);
  }
  await first.endTraining();
  for (const end of [12, 15]) {
    const resumeFromCheckpoint = "latest";
    const next = await openRun(subject, folder, [], undefined, { resumeFromCheckpoint });
    await next.loadState();
    for (let step = 5; step < end; step++) {
      next.log({ loss: step / 4 }, { step });
      if (step === 6) logAllMedia(next, step);
    }
    await next.endTraining();
  }
  requireMediaOnce(subject, folder);
  const expected = Array.from({ length: 15 }, (_, step) => step / 4);
  if (subject.read) deepStrictEqual(await subject.read(folder, "loss"), expected);
}
