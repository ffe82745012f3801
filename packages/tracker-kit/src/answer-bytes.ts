/** The most that an answer may have: what a service says about a run is far less. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Of a refusal only the reason is read. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * The body of an answer, decompressed. It is read only up to a limit: a server that never ends, or a few bytes that
 * expand to gigabytes, must not take the memory of the run. A refusal is cut off at its limit.
 *
 * @param limit the time limit of the request. The body itself ignores it in Node.js 20 where it is no valid gzip: it never ends.
 * @throws {Error} if it is longer, or does not arrive within the time limit.
 */
export async function bytesOf(response: Response, limit: AbortSignal): Promise<Buffer> {
  const isRefusal = response.status >= 300;
  const most = isRefusal ? MAX_REFUSAL_BYTES : MAX_BYTES;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  const { ended, dispose } = endOf(limit);
  try {
    while (reader && size <= most) {
      const { done, value } = await Promise.race([reader.read(), ended]);
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
  } finally {
    dispose();
    reader?.cancel().catch(() => {}); // what is left of it, if anything
  }
  if (size > most && !isRefusal) {
    throw new Error(`its answer is longer than ${MAX_BYTES / 2 ** 20} MiB`);
  }
  return Buffer.concat(chunks).subarray(0, most);
}

/** A promise that rejects when the signal aborts. */
function endOf(signal: AbortSignal): {
  readonly ended: Promise<never>;
  readonly dispose: () => void;
} {
  let end = (): void => {};
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
  });
  ended.catch(() => {}); // it may abort when nobody waits any more
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  return { ended, dispose: () => signal.removeEventListener("abort", end) };
}
