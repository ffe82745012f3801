import type * as Koffi from "koffi";

const RTLD_NOW = 2;

/**
 * Keeps a library loaded until the process ends. koffi unloads one when its handle is collected or its
 * thread ends; a later call into it, or a session that another thread is still to release, would end the
 * process.
 *
 * @throws if the system refuses.
 */
export function pinLibrary(koffi: typeof Koffi, path: string): void {
  const pinned =
    process.platform === "win32"
      ? koffi.load("kernel32.dll").func("__stdcall", "LoadLibraryW", "void*", ["str16"])(path)
      : koffi.load(null).func("dlopen", "void*", ["str", "int"])(path, RTLD_NOW);
  if (!pinned) throw new Error(`${path} cannot be kept loaded`);
}
