import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { engine, io } from "@tensorflow/tfjs-core";
import { ModelFolder } from "./model-folder.ts";

const SCHEME = "file://";
const KEY = Symbol.for("acc.modelFiles"); // on globalThis: two copies of this package share it
const registry = globalThis as { [KEY]?: WeakSet<object> };
registry[KEY] ??= new WeakSet();
const served = registry[KEY];

/**
 * Lets TensorFlow.js save and load models at `file://` URLs, as tfjs-node does: `model.save("file://folder")`,
 * `tf.loadLayersModel("file://folder/model.json")`, `tf.loadGraphModel`. If tfjs-node is loaded, it does this instead.
 */
export function registerModelFiles(): void {
  if (served.has(engine())) return;
  served.add(engine());
  io.registerSaveRouter(routerBeside(io.getSaveHandlers));
  io.registerLoadRouter(routerBeside(io.getLoadHandlers));
}

/** A router that gives way to any other one: two handlers for one URL are an error in TensorFlow.js. */
function routerBeside(
  handlersOf: (url: string | string[]) => io.IOHandler[],
): (url: string | string[]) => io.IOHandler {
  const none = null as unknown as io.IOHandler; // the answer of a router that does not handle the URL
  let isAsking = false;
  return (url) => {
    if (isAsking || typeof url !== "string" || !url.startsWith(SCHEME)) return none;
    isAsking = true;
    try {
      return handlersOf(url).length > 0 ? none : new ModelFolder(pathOf(url));
    } finally {
      isAsking = false;
    }
  };
}

/**
 * As in tfjs-node: the text after the scheme, which may be a relative path. A real URL is decoded, unless the text
 * itself is an existing path.
 */
function pathOf(url: string): string {
  const path = url.slice(SCHEME.length);
  return path.startsWith("/") && !existsSync(path) && URL.canParse(url) ? decoded(url, path) : path;
}

function decoded(url: string, path: string): string {
  try {
    return fileURLToPath(url.replace(/[#?]/g, encodeURIComponent)); // in a file's name they mean nothing
  } catch {
    return path;
  }
}
