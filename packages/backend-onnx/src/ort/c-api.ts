import { runUninterrupted } from "@acc/core";
import type * as Koffi from "koffi";
import { type NativeHandle, NativeHandles } from "./native-handles.ts";
import { pinLibrary } from "./pin-library.ts";

/** What every function of the C interface returns: null, or a status that describes the error. */
type Status = unknown;

export type Pointer = bigint;

type Argument = Pointer | number | string | Uint8Array | BigInt64Array | BigUint64Array | null;

/** Version of the function table. ONNX Runtime 1.24 is the first that has it; later versions only add to its end. */
const API_VERSION = 24;

type FunctionName =
  | "CreateEnv"
  | "CreateSessionFromArray"
  | "Run"
  | "CreateSessionOptions"
  | "SetSessionLogSeverityLevel"
  | "SetSessionGraphOptimizationLevel"
  | "SetIntraOpNumThreads"
  | "SetInterOpNumThreads"
  | "CreateTensorWithDataAsOrtValue"
  | "CreateCpuMemoryInfo"
  | "AddSessionConfigEntry";

type ReleasedKind = "MemoryInfo" | "Session" | "Value" | "SessionOptions";

/** Places in the function table (`OrtApi` in onnxruntime_c_api.h), with the types of the arguments. */
const FUNCTIONS: Readonly<Record<FunctionName, readonly [number, readonly string[]]>> = {
  CreateEnv: [3, ["int", "str", "void*"]],
  CreateSessionFromArray: [8, ["void*", "void*", "size_t", "void*", "void*"]],
  Run: [9, ["void*", "void*", "void*", "void*", "size_t", "void*", "size_t", "void*"]],
  CreateSessionOptions: [10, ["void*"]],
  SetSessionLogSeverityLevel: [22, ["void*", "int"]],
  SetSessionGraphOptimizationLevel: [23, ["void*", "int"]],
  SetIntraOpNumThreads: [24, ["void*", "int"]],
  SetInterOpNumThreads: [25, ["void*", "int"]],
  CreateTensorWithDataAsOrtValue: [
    49,
    ["void*", "void*", "size_t", "void*", "size_t", "int", "void*"],
  ],
  CreateCpuMemoryInfo: [69, ["int", "int", "void*"]],
  AddSessionConfigEntry: [130, ["void*", "str", "str"]],
};

const RELEASES: Readonly<Record<ReleasedKind, number>> = {
  MemoryInfo: 94,
  Session: 95,
  Value: 96,
  SessionOptions: 100,
};
const GET_ERROR_MESSAGE = 2;
const RELEASE_STATUS = 93;
const LAST_ENTRY = 130;

type Functions = { readonly [name in FunctionName]: (...args: Argument[]) => void };

/** The C interface of ONNX Runtime, called through koffi. Its errors are thrown. */
export class CApi {
  readonly version: string;
  readonly functions: Functions;
  readonly #koffi: typeof Koffi;
  readonly #handles: NativeHandles;
  readonly #table: readonly Pointer[];
  readonly #errorMessage: (status: Status) => unknown;
  readonly #releaseStatus: (status: Status) => unknown;

  /** @throws if the file is not an ONNX Runtime library of a known version. */
  constructor(koffi: typeof Koffi, library: string) {
    this.#koffi = koffi;
    this.#handles = new NativeHandles(koffi);
    pinLibrary(koffi, library);
    const base = koffi.load(library).func("void* OrtGetApiBase()")();
    const [getApi, getVersion] = pointers(koffi, base, 2) as [Pointer, Pointer];
    this.version = this.#function(getVersion, "str", [])() as string;
    const table = this.#function(getApi, "void*", ["uint32_t"])(API_VERSION);
    if (!table) {
      throw new Error(
        `ONNX Runtime ${this.version} has no interface ${API_VERSION}; 1.24 or later is needed`,
      );
    }
    this.#table = pointers(koffi, table, LAST_ENTRY + 1);
    const entries = Object.entries(FUNCTIONS).map(([name, [index, types]]) => {
      const call = this.#function(this.#entry(index), "void*", types);
      return [name, (...args: Argument[]) => this.#check(call(...args))] as const;
    });
    this.functions = Object.fromEntries(entries) as Functions;
    this.#errorMessage = this.#function(this.#entry(GET_ERROR_MESSAGE), "str", ["void*"]);
    this.#releaseStatus = this.#function(this.#entry(RELEASE_STATUS), "void", ["void*"]);
  }

  /** Calls a function whose last argument receives the address of what it makes; the caller releases it. */
  create(kind: ReleasedKind, name: FunctionName, ...args: Argument[]): NativeHandle {
    return this.#handles.create(this.#entry(RELEASES[kind]), (result) =>
      this.functions[name](...args, result),
    );
  }

  /** The address of an array, which must stay reachable as long as the address is used. */
  addressOf(array: Uint8Array): Pointer {
    return BigInt(runUninterrupted(() => this.#koffi.address(array)));
  }

  #entry(index: number): Pointer {
    return this.#table[index] as Pointer;
  }

  #function(
    address: Pointer,
    result: string,
    types: readonly string[],
  ): (...args: unknown[]) => unknown {
    const prototype = this.#koffi.proto(result, [...types]);
    const { call } = this.#koffi;
    // koffi ends the process if its thread is terminated while it reads the arguments or makes the result.
    return (...args) => runUninterrupted(() => call(address, prototype, ...args));
  }

  #check(status: Status): void {
    if (!status) return;
    const message = this.#errorMessage(status);
    this.#releaseStatus(status);
    throw new Error(String(message));
  }
}

function pointers(koffi: typeof Koffi, address: unknown, count: number): Pointer[] {
  const list = koffi.decode(address, koffi.array("uint64_t", count)) as Iterable<number | bigint>;
  return Array.from(list, BigInt);
}
