import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Accelerator, type AcceleratorError, audio, image, video } from "../../src/index.ts";
import { RecordingTracker } from "./recording-tracker.ts";

const test = suite("captions of images and media");

/** The captions that a tracker gets, by name. */
async function captionsOf(log: (accelerator: Accelerator) => unknown): Promise<object> {
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker });
  await accelerator.initTrackers("project");
  await log(accelerator);
  await accelerator.endTraining();
  type Call = [name: string, values: Record<string, { caption?: unknown }>];
  const calls = tracker.calls.slice(1, -1) as Call[];
  const values = calls.flatMap(([, values]) => Object.entries(values));
  return Object.fromEntries(values.map(([name, { caption }]) => [name, caption]));
}

const pixels = { data: new Uint8Array(4), shape: [2, 2] };

test("reach a tracker, of data, tensors, batches, samples, bytes and files", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "acc-captions-")), "clip.gif");
  writeFileSync(path, "GIF89a");
  const two = ["a", "b"];
  const found = await captionsOf((accelerator) => {
    const batch = tf.zeros([2, 2, 2, 1]) as tf.Tensor4D;
    accelerator.log({
      own: image(pixels, { caption: "own" }),
      batch: image(batch, { caption: two }),
    });
    accelerator.log({ none: image(pixels), all: image(batch, { caption: "all" }) });
    accelerator.logImages({
      data: { ...pixels, caption: "data" },
      marked: image(pixels, { caption: "é" }),
    });
    accelerator.logMedia({
      tone: audio({ samples: [0], sampleRate: 8000 }, { caption: "tone" }),
      read: audio({ samples: tf.zeros([2]), sampleRate: 8000 }, { caption: "read" }),
      bytes: video({ bytes: new Uint8Array(1), format: "mp4" }, { caption: "bytes" }),
      file: video(path, { caption: "file" }),
      silent: video(path),
    });
    two[0] = "changed since";
  });
  assert.equal(found, {
    ...{ own: "own", batch: ["a", "b"], none: undefined, all: "all", data: "data", marked: "é" },
    ...{ tone: "tone", read: "read", bytes: "bytes", file: "file", silent: undefined },
  });
});

test("a caption of another kind is an error where it is logged", async () => {
  await captionsOf((accelerator) => {
    const thrown = (log: () => void): string => {
      try {
        log();
        return "nothing was thrown";
      } catch (error) {
        return `${(error as AcceleratorError).code} ${(error as Error).message}`;
      }
    };
    const wrong = (caption: unknown) => () =>
      accelerator.log({ x: image(pixels, { caption: caption as string }) });
    const said = /^VALUE_INVALID The caption of the image "x" must be a text, or a list of 1/;
    for (const caption of [7, null, ["a", "b"], [1], { a: 1 }]) {
      assert.match(thrown(wrong(caption)), said);
    }
    const tone = audio({ samples: [0], sampleRate: 8 }, { caption: 7 as unknown as string });
    assert.match(
      thrown(() => accelerator.logMedia({ tone })),
      /^VALUE_INVALID "tone" cannot be logged as media: its caption must be a text, got/,
    );
  });
});

test.run();
