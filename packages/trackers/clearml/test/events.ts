import type { TrackerEvent } from "@acc/core";

let clock = 1_700_000_000_000;

/** Events of every kind. */
export function sampleEvents(artifact: string, folder: string): TrackerEvent[] {
  const at = (step?: number) => ({ wallTimeMs: clock++, ...(step === undefined ? {} : { step }) });
  const pixels = { data: Uint8Array.from({ length: 36 }, (_, i) => i * 7), shape: [3, 4, 3] };
  return [
    { type: "config", values: { lr: 0.1, layers: [64, 10], nested: { a: { b: 1 } }, none: null } },
    { type: "metrics", values: { loss: 0.5, eval_loss: 1 }, context: at(0) },
    { type: "metrics", values: { loss: 0.25, note: "hello α", ok: true }, context: at(1) },
    { type: "metrics", values: { best: 0.125, big: 12n }, context: at() },
    { type: "metrics", values: { again: "hello α" }, context: at(2) },
    {
      type: "metrics",
      values: { bad: Number.NaN, list: [1, 2, 3], when: new Date(0) },
      context: at(2),
    },
    { type: "images", values: { "train_img/a": pixels }, context: at(3) },
    {
      type: "images",
      values: { batch: { data: new Float32Array(2 * 2 * 2), shape: [2, 2, 2, 1] } },
      context: at(3),
    },
    {
      type: "tables",
      values: {
        eval_tab: {
          columns: ["a", "b"],
          rows: [
            [1, "x"],
            [2.5, null],
          ],
        },
      },
      context: at(),
    },
    { type: "artifact", artifact: { name: "note", path: artifact, type: "text" }, context: at() },
    { type: "artifact", artifact: { name: "folder ü", path: folder }, context: at() },
    { type: "call", method: "addTags", args: [["t1", "t2"]], context: at() },
    { type: "call", method: "setComment", args: ["a comment"], context: at() },
    { type: "call", method: "connect", args: [{ q: 1 }, "Sec"], context: at() },
    { type: "call", method: "uploadArtifact", args: ["dict", { k: 1 }], context: at() },
    { type: "metrics", values: { last: 7 }, context: at(4) },
  ];
}
