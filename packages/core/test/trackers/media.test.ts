import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  Accelerator,
  type AcceleratorError,
  audio,
  html,
  type LoggedMedia,
  type MediaData,
  video,
} from "../../src/index.ts";
import { RecordingTracker } from "./recording-tracker.ts";

const test = suite("media");
const folder = mkdtempSync(join(tmpdir(), "acc-media-"));
test.after(() => rmSync(folder, { recursive: true }));

type Call = readonly [name: string, values: Record<string, MediaData>, step: number];

function textOf(attempt: () => unknown): string {
  try {
    attempt();
    return "nothing was thrown";
  } catch (error) {
    return `${(error as AcceleratorError).code} ${(error as Error).message}`;
  }
}

async function recorded(log: (accelerator: Accelerator) => unknown): Promise<Call[]> {
  const tracker = new RecordingTracker();
  const accelerator = new Accelerator({ logWith: tracker });
  await accelerator.initTrackers("project");
  await log(accelerator);
  await accelerator.endTraining();
  return tracker.calls.slice(1, -1) as Call[];
}

test("samples become a WAV file of 16 bits: cut off above 1, NaN is silence", async () => {
  const [call] = await recorded((accelerator) => {
    const samples = Float32Array.of(0, 1, -1, 2, Number.NaN, 0.5);
    accelerator.logMedia({ a: audio({ samples, sampleRate: 8000, channels: 2 }) }, { step: 3 });
    samples.fill(0.25); // too late
  });
  const [, values, step] = call as Call;
  assert.is(step, 3);
  const { kind, format, data } = values.a as MediaData;
  const wav = Buffer.from(data);
  assert.equal([kind, format, wav.length], ["audio", "wav", 44 + 12]);
  assert.is(wav.toString("latin1", 0, 4) + wav.toString("latin1", 8, 16), "RIFFWAVEfmt ");
  const header = [4, 24, 28, 40].map((at) => wav.readUInt32LE(at));
  assert.equal(header, [48, 8000, 32_000, 12]);
  const short = [20, 22, 32, 34].map((at) => wav.readUInt16LE(at));
  assert.equal(short, [1, 2, 4, 16]);
  const sample = Array.from({ length: 6 }, (_, at) => wav.readInt16LE(44 + 2 * at));
  assert.equal(sample, [0, 32767, -32767, 32767, 0, 16384]);
});

test("tensors of frames and channels are read, also if they are disposed at once", async () => {
  const [call, media] = await recorded((accelerator) => {
    const samples = tf.tensor2d([0, 1, -1, 0.5], [2, 2]);
    accelerator.log({ loss: 1, eval: { speech: audio({ samples, sampleRate: 100 }) } });
    samples.dispose();
  });
  assert.equal(call?.slice(0, 2), ["log", { loss: 1 }]);
  const wav = Buffer.from(media?.[1]["eval/speech"]?.data as Uint8Array);
  assert.equal([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readInt16LE(46)], [2, 100, 32767]);
});

test("files are read where the journal is, and keep their place among the values", async () => {
  const path = join(folder, "clip.MP4");
  writeFileSync(path, "frames");
  writeFileSync(join(folder, "page.htm"), "<b>page</b>");
  const calls = await recorded((accelerator) => {
    accelerator.log({ a: 1 }, { step: 1 });
    const page = html({ path: join(folder, "page.htm") });
    accelerator.log({ b: 1, clip: video(path), page }, { step: 2 });
    accelerator.logMedia({ text: html("<i>損失</i>") }, { step: 3 });
    accelerator.log({ c: 1 }, { step: 4 });
  });
  const bytes = (text: string) => new TextEncoder().encode(text);
  const media = {
    clip: { kind: "video", format: "mp4", data: Buffer.from("frames") },
    page: { kind: "html", format: "html", data: Buffer.from("<b>page</b>") },
  };
  assert.equal(calls, [
    ["log", { a: 1 }, 1],
    ["log", { b: 1 }, 2],
    ["media", media, 2],
    ["media", { text: { kind: "html", format: "html", data: bytes("<i>損失</i>") } }, 3],
    ["log", { c: 1 }, 4],
  ]);
});

test("a file that is gone when it is read is left out with a warning, what is beside it is not", async () => {
  const path = join(folder, "gone.wav");
  const warnings: string[] = [];
  const listen = ({ message }: Error) => warnings.push(message);
  process.on("warning", listen);
  writeFileSync(path, "x");
  writeFileSync(join(folder, "first.mp4"), "x");
  const calls = await recorded((accelerator) => {
    accelerator.logMedia({ first: video(join(folder, "first.mp4")) });
    accelerator.logMedia({ gone: audio(path), page: html("a") });
    rmSync(path); // files are read one call after the other
    accelerator.logMedia({ gone: audio({ bytes: Buffer.from("x"), format: "mp3" }) });
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  assert.equal(
    calls.map(([, values]) => Object.keys(values)),
    [["first"], ["page"], ["gone"]],
  );
  assert.match(warnings.join("\n"), /"gone" is left out: .*gone\.wav cannot be read \(ENOENT/);
});

test("what is no media is refused by its name before anything is logged", async () => {
  const large = join(folder, "large.mp4");
  writeFileSync(large, "");
  const empty = join(folder, "empty.mp4");
  writeFileSync(empty, "");
  truncateSync(large, 101 * 2 ** 20);
  const disposed = tf.tensor1d([1]);
  disposed.dispose();
  const samples = new Float32Array(4);
  const half = new Uint8Array(60 * 2 ** 20);
  const bad: [Record<string, unknown>, RegExp][] = [
    [{ a: "text" }, /VALUE_INVALID.*"a".*wrap it in audio.*got text/],
    [{ a: null }, /"a".*got null/],
    [{ a: audio(null as never) }, /needs samples, bytes or a path, got null/],
    [{ a: video(new Uint8Array(3) as never) }, /needs bytes or a path, got an Uint8Array/],
    [{ a: html(undefined as never) }, /needs the path of a file, got undefined/],
    [{ a: video("nothing/here.mp4") }, /no file at .*here\.mp4/],
    [{ a: video(folder) }, /no file of a known type of video; known: mp4, webm, gif/],
    [{ a: audio("song.exe") }, /song\.exe is no file of a known type of audio/],
    [{ a: video(empty) }, /it is empty/],
    [{ a: video(large) }, /101 MiB.*100 MiB; use logArtifact/],
    [
      { a: video({ bytes: half, format: "mp4" }), b: video({ bytes: half, format: "mp4" }) },
      /"a", "b".*120 MiB/,
    ],
    [{ a: video({ bytes: half, format: "avi" as "gif" }) }, /"avi" is no known format/],
    [
      { a: audio({ samples, sampleRate: 0 }) },
      /sampleRate must be an integer from 1 to 1000000, got 0/,
    ],
    [{ a: audio({ samples, sampleRate: Number.NaN }) }, /sampleRate .*got NaN/],
    [{ a: audio({ samples, sampleRate: 1, channels: 3 }) }, /4 samples are no whole frames of 3/],
    [{ a: audio({ samples: ["x"] as never, sampleRate: 1 }) }, /numbers of -1 to 1.*got an Array/],
    [{ a: audio({ samples: new Int16Array(4) as never, sampleRate: 1 }) }, /got an Int16Array/],
    [
      { a: audio({ samples: tf.zeros([2, 2], "int32"), sampleRate: 1 }) },
      /float32 tensor.*got int32/,
    ],
    [{ a: audio({ samples: disposed, sampleRate: 1 }) }, /TENSOR_DISPOSED.*"a"/],
    [
      {
        a: audio({
          get samples(): never {
            throw new Error("no");
          },
          sampleRate: 1,
        }),
      },
      /cannot be read: no/,
    ],
  ];
  const calls = await recorded((accelerator) => {
    for (const [media, expected] of bad) {
      const attempt = () => accelerator.logMedia(media as Record<string, LoggedMedia>);
      assert.match(textOf(attempt), expected);
    }
    assert.throws(
      () => accelerator.log({ loss: 1, deep: { a: video(empty) } }),
      /"deep\/a".*empty/,
    );
    assert.throws(() => accelerator.logMedia(1 as never), /needs an object/);
  });
  assert.equal(calls, []);
});

test.run();
