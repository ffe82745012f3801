import type { Test } from "uvu";
import * as assert from "uvu/assert";
import type { Library } from "../../src/index/library.ts";
import { LocalLibrary } from "../../src/index/local-library.ts";

const LIMIT_MS = 20_000;

/** The libraries of a test, which are closed behind it. */
export class Libraries {
  readonly #open: Library[] = [];

  constructor(test: Test) {
    test.after.each(async () => {
      for (const library of this.#open.splice(0)) await library.close();
    });
  }

  /** Closes it behind the test. */
  add<L extends Library>(library: L): L {
    this.#open.push(library);
    return library;
  }

  /** A library in this thread: in one of its own it does the same, and takes longer to start. */
  async open(directory: string, options: object = { isLive: false }): Promise<Library> {
    const library = this.add(new LocalLibrary(directory, options));
    await library.whole();
    return library;
  }
}

export async function valuesOf(library: Library, run: string, key = "loss"): Promise<number[]> {
  return [...((await library.points(run, key))?.values ?? [])];
}

/** Waits until something is true. */
export async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!(await check())) {
    assert.ok(performance.now() < limit, `${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
