const KEY = Symbol.for("acc.groupUse"); // on globalThis: two copies of this package share it
const store = globalThis as { [KEY]?: boolean };

/** The script of this thread has asked which replica it is, or has made an accelerator. */
export function noteGroupUse(): void {
  store[KEY] = true;
}

/** Whether the script of this thread knows that it is one of several. */
export function hasUsedGroup(): boolean {
  return store[KEY] === true;
}
