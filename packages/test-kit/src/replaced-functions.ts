// Loaded first: Node.js itself replaces `process.chdir` when it loads this module.
import "node:worker_threads";
import type * as Tfjs from "@tensorflow/tfjs";

type Tf = typeof Tfjs;

/** Node.js replaces some getters by their values when they are first read. */
const LAZY_GLOBALS: ReadonlySet<PropertyKey> = new Set(
  Reflect.ownKeys(globalThis).filter(
    (key) => Object.getOwnPropertyDescriptor(globalThis, key)?.get,
  ),
);

/**
 * Notes every function of tfjs, of the process and of the language, and the kernels of the cpu backend.
 *
 * @returns a function that names those that have been replaced since.
 */
export function watchFunctions(tf: Tf): () => string[] {
  const before = functionsOf(tf);
  return () => {
    const after = functionsOf(tf);
    const names = new Set([...before.keys(), ...after.keys()]);
    return [...names].filter((name) => !Object.is(before.get(name), after.get(name))).sort();
  };
}

function functionsOf(tf: Tf): Map<string, unknown> {
  const functions = new Map<string, unknown>();
  const add = (owner: object, name: string, isKnown = (_: PropertyKey): boolean => false) => {
    for (const key of Reflect.ownKeys(owner).filter((one) => !isKnown(one))) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
      if (typeof value === "function") functions.set(`${name}.${String(key)}`, value);
      if (get) functions.set(`get ${name}.${String(key)}`, get);
      if (set) functions.set(`set ${name}.${String(key)}`, set);
    }
  };
  for (const [name, value] of Object.entries(tf)) {
    if (typeof value === "function") {
      add(value, name);
      if (value.prototype) add(value.prototype, `${name}.prototype`);
    } else if (typeof value === "object" && value) add(value, name);
  }
  add(tf.engine(), "engine");
  add(Object.getPrototypeOf(tf.engine()), "Engine.prototype");
  add(process, "process");
  add(Math, "Math");
  add(globalThis, "globalThis", (key) => LAZY_GLOBALS.has(key));
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu")) {
    functions.set(kernelName, kernelFunc);
  }
  return functions;
}
