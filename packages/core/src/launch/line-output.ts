import type { HostLink } from "../context/host-link.ts";
import { WrittenText } from "../written-text.ts";

type Stream = "stdout" | "stderr";

/**
 * Sends what this thread prints to the host, in whole lines: output of several replicas never mixes within
 * a line, and a progress bar can stay below it.
 *
 * @returns a function that sends the rest, an unfinished line; from then on everything is sent at once.
 */
export function sendOutputTo(host: HostLink): () => void {
  const flushes = (["stdout", "stderr"] as const).map((stream) => redirect(stream, host));
  return () => {
    for (const flush of flushes) flush();
  };
}

function redirect(stream: Stream, host: HostLink): () => void {
  const text = new WrittenText();
  let rest = "";
  let isEnding = false;
  const write = (
    chunk: string | Uint8Array,
    encodingOrCallback?: BufferEncoding | (() => void),
    callback?: () => void,
  ): boolean => {
    rest += text.of(chunk, encodingOrCallback);
    const end = isEnding ? rest.length : rest.lastIndexOf("\n") + 1;
    if (end > 0) {
      host.print(stream, rest.slice(0, end));
      rest = rest.slice(end);
    }
    const done = typeof encodingOrCallback === "function" ? encodingOrCallback : callback;
    if (done) queueMicrotask(done);
    return true;
  };
  process[stream].write = write as typeof process.stdout.write;
  return () => {
    isEnding = true;
    rest += text.end();
    if (rest !== "") host.print(stream, `${rest}\n`);
    rest = "";
  };
}
