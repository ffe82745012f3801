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
  /** @throws {AcceleratorError} `VALUE_INVALID` instead of the words of comlink, which names neither call nor tracker. */
  const refused = (error: unknown): never => {
    throw isOfComlink(error)
      ? missing(path.slice(0, -1), options.tracker, "")
      : ofThisThread(error);
  };
  // Asked for only when it is called: comlink sends its request as soon as it is.
  const then: PromiseLike<unknown>["then"] = (resolve, reject) =>
    new Promise(Reflect.get(remote as object, "then")).catch(refused).then(resolve, reject);
  const asText = (): string => {
    if (path === "") return `the native object of the tracker "${options.tracker}"`;
    throw new AcceleratorError(
      "VALUE_INVALID",
      `"${path.slice(0, -1)}" of the tracker "${options.tracker}" is on another thread: await it before it is used as text.`,
    );
  };
  return new Proxy(remote as object, {
    get: (_target, key) => {
      if (typeof key === "symbol") return key === Symbol.toPrimitive ? asText : undefined;
      // The object itself is no promise: who awaits it has it, not a copy of what it holds.
      if (key === "then") return path === "" ? undefined : then;
      if (LANGUAGE.has(key) && !(members && Object.hasOwn(members, key))) {
        // The language uses what it gets at once; it waits for no other thread.
        return members || key === "toJSON" ? Reflect.get(Object.prototype, key) : inner(key);
      }
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
      const answer =
        copy instanceof Promise
          ? copy.then((read) => call(read.arguments as unknown[]))
          : call(copy.arguments as unknown[]);
      return answer instanceof Promise ? answer.catch(refused) : answer;
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
  throw missing(
    `${path}${name}`,
    tracker,
    `${advice} It has ${names.join(", ") || "nothing to call"}.`,
  );
}

function missing(name: string, tracker: string, advice: string): AcceleratorError {
  return new AcceleratorError(
    "VALUE_INVALID",
    `The native object of the tracker "${tracker}" has no "${name}".${advice}`,
  );
}

/** An error of the other thread as this thread knows it. */
function ofThisThread(error: unknown): unknown {
  const { name, code, message } = Object(error) as Partial<AcceleratorError>;
  if (name !== "AcceleratorError" || error instanceof AcceleratorError) return error;
  if (typeof code !== "string" || typeof message !== "string") return error;
  return new AcceleratorError(code, message, { cause: error });
}

/** Whether comlink itself has failed on the other thread, because there was nothing to call or to look into. */
function isOfComlink(error: unknown): boolean {
  if (!(error instanceof TypeError) && (error as Error)?.name !== "TypeError") return false;
  const frame = (error as Error).stack?.split("\n").find((line) => line.trim().startsWith("at "));
  return frame?.includes("comlink") === true;
}
