import { readWith } from "../../random/seeded-random.ts";
import type { DecodeTask } from "./decode-pool.ts";

type Decode = (sample: unknown) => unknown;

const REGISTER_TS = new URL("../../../src/register-ts.mjs", import.meta.url).href;
const modules = new Map<string, Promise<Decode>>();

/** The file that Piscina loads: decodes one sample with the user's function. */
export default async function decodeSample({
  moduleUrl,
  sample,
  seed,
}: DecodeTask): Promise<unknown> {
  let decode = modules.get(moduleUrl);
  if (!decode) {
    decode = loadDecode(moduleUrl);
    modules.set(moduleUrl, decode);
  }
  const call = await decode;
  return readWith(seed, () => call(sample));
}

/** The default export of a user's module. */
export async function loadDecode(moduleUrl: string): Promise<Decode> {
  if (/\.m?ts$/.test(moduleUrl)) await import(REGISTER_TS);
  const { default: decode } = (await import(moduleUrl)) as { default?: unknown };
  if (typeof decode === "function") return decode as Decode;
  throw new TypeError(
    `${moduleUrl} must export a function by default: (sample) => decoded sample.`,
  );
}
