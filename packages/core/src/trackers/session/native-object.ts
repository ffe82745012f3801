import type { NativeMembers } from "../../context/native-members.ts";
import { AcceleratorError } from "../../errors.ts";
import { nearestName } from "../../options/nearest-name.ts";
import type { Refuse } from "../values/plain-copy.ts";
import { snapshotValues } from "../values/snapshot.ts";

export type NativeObjectOptions = {
  /** Name of the tracker. */
  readonly tracker: string;
  /** Undefined: the other thread finds out what the object has. */
  readonly members: NativeMembers | undefined;
  /** @param call name of the call whose argument is left out. */
  readonly refuse: (call: string) => Refuse;
};

/** Asked for by the language: of promises, by `JSON.stringify`, of every object. */
const LANGUAGE = new Set(["then", "toJSON", ...Object.getOwnPropertyNames(Object.prototype)]);

/**
 * The native object of a tracker on another thread. Arguments are copied as plain data, tensors read.
 *
 * @param remote proxy of the object, whose members are asynchronous.
 * @throws {AcceleratorError} `VALUE_INVALID` from every use of a member that the object does not have.
 */
export function nativeObject(remote: unknown, options: NativeObjectOptions, path = ""): unknown {
  const { members } = options;
  const inner = (name: string): unknown => {
    const found = members && Object.hasOwn(members, name) ? members[name] : undefined;
    const known = typeof found === "object" ? found : undefined;
    const member = Reflect.get(remote as object, name);
    return nativeObject(member, { ...options, members: known }, `${path}${name}.`);
  };
  return new Proxy(remote as object, {
    get: (target, key) => {
      if (typeof key === "symbol" || LANGUAGE.has(key)) return Reflect.get(target, key);
      requireMember(key, options, path);
      return inner(key);
    },
    set: (target, key, value) => {
      if (typeof key === "string") requireMember(key, options, path);
      return Reflect.set(target, key, value);
    },
    apply: (target, self, args) => {
      const call = Reflect.apply.bind(undefined, target as () => unknown, self);
      const refuse = options.refuse(`${options.tracker}, ${path.slice(0, -1)}`);
      const copy = snapshotValues({ arguments: args }, refuse);
      return copy instanceof Promise
        ? copy.then((read) => call(read.arguments as unknown[]))
        : call(copy.arguments as unknown[]);
    },
  });
}

function requireMember(
  name: string,
  { tracker, members }: NativeObjectOptions,
  path: string,
): void {
  if (!members || Object.hasOwn(members, name)) return;
  const names = Object.keys(members).filter((member) => member !== "constructor");
  const nearest = nearestName(name, names);
  const advice = nearest === undefined ? "" : ` Did you mean "${path}${nearest}"?`;
  throw new AcceleratorError(
    "VALUE_INVALID",
    `The native object of the tracker "${tracker}" has no "${path}${name}".${advice} It has ${names.join(", ") || "nothing to call"}.`,
  );
}
