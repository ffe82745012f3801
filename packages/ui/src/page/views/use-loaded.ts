import { useEffect, useState } from "preact/hooks";

/**
 * What a request gives. What was there before stays until the next answer comes, and where none comes; an answer that nobody waits
 * for any more is left out.
 *
 * @param load undefined: nothing is asked for now.
 * @param inputs what the request depends on.
 */
export function useLoaded<T>(
  load: (() => Promise<T>) | undefined,
  inputs: readonly unknown[],
): T | undefined {
  const [loaded, setLoaded] = useState<T>();
  useEffect(() => {
    let isWanted = load !== undefined;
    load?.().then(
      (found) => isWanted && setLoaded(() => found),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, inputs as unknown[]);
  return loaded;
}
