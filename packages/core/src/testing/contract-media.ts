import { strictEqual } from "node:assert/strict";
import { type ContractSubject, openRun } from "./contract-subject.ts";
import { scratchFolder } from "./folders.ts";
import { logAllMedia, MEDIA_BYTES } from "./media.ts";

/** Every file is there once, with its bytes as they were. */
export async function recordsMedia(subject: ContractSubject): Promise<void> {
  const folder = scratchFolder();
  const accelerator = await openRun(subject, folder);
  accelerator.log({ loss: 0 }, { step: 0 });
  logAllMedia(accelerator, 1);
  await accelerator.endTraining();
  requireMediaOnce(subject, folder);
}

/** @throws {AssertionError} if media of a kind that the tracker records are missing, or there twice. */
export function requireMediaOnce(subject: ContractSubject, folder: string): void {
  if (!subject.readMedia) return;
  const { mediaKinds = ["audio", "video", "html"] } = subject;
  const found = subject.readMedia(folder);
  for (const { kind, bytes } of MEDIA_BYTES) {
    const count = found.filter((one) => Buffer.compare(one, bytes) === 0).length;
    const what = `${kind} of ${bytes.length} bytes, among files of ${found.map(({ length }) => length)}`;
    strictEqual(count, mediaKinds.includes(kind) ? 1 : 0, what);
  }
}
