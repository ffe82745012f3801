/**
 * What Aim stores and sends: a `number` is always a double, a `bigint` always an int64, objects are maps whose keys
 * are strings or int64.
 */
export type TreeValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly TreeValue[]
  | TreeObject
  | CustomObject
  | Blob;

export type TreeObject = ReadonlyMap<TreeKey, TreeValue>;

/** The empty string cannot be a key: Aim's readers fail on it. */
export type TreeKey = string | bigint;

/** Bytes or text that Aim keeps apart from other values and loads on demand. */
export class Blob {
  readonly data: string | Uint8Array;

  constructor(data: string | Uint8Array) {
    this.data = data;
  }
}

/** A value of one of Aim's own types, such as `aim.image`. */
export class CustomObject {
  readonly type: string;
  readonly storage: TreeObject;

  constructor(type: string, storage: Readonly<Record<string, TreeValue>> | TreeObject) {
    this.type = type;
    this.storage = storage instanceof Map ? storage : new Map(Object.entries(storage));
  }
}

/** Makes an object of a tree from a plain object. */
export function treeObject(entries: Readonly<Record<string, TreeValue>>): TreeObject {
  return new Map(Object.entries(entries));
}
