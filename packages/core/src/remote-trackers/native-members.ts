import { types } from "node:util";
import type { NativeMembers } from "../context/native-members.ts";

/**
 * The members of a native object, for the script that calls it from another thread.
 *
 * @returns undefined if they cannot be known, because they are made up when they are asked for.
 */
export function membersOf(native: unknown): NativeMembers | undefined {
  if (typeof native === "function" || types.isProxy(native)) return undefined;
  const members: Record<string, NativeMembers | true> = {};
  // A text or a number has the methods of its kind; nothing has none.
  let holder: object | null = native === undefined || native === null ? null : Object(native);
  while (holder !== null && holder !== Object.prototype) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (!Object.hasOwn(members, name)) members[name] = innerMembers(property.value) ?? true;
    }
    holder = Object.getPrototypeOf(holder);
  }
  return members;
}

/** Of an object with methods, such as the logger of a task; data has members of any name. */
function innerMembers(value: unknown): NativeMembers | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const members = membersOf(value);
  const hasMethods =
    members !== undefined &&
    Object.keys(members).some(
      (name) => typeof (value as Record<string, unknown>)[name] === "function",
    );
  return hasMethods && !Array.isArray(value) && !ArrayBuffer.isView(value) ? members : undefined;
}
