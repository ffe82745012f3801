/** The own methods that objects had before, if any. */
const replaced = new WeakMap<object, Map<string, PropertyDescriptor | undefined>>();

/** Replaces a method of one object until `restoreMethods`; a method that is replaced already stays so. */
export function replaceMethod(object: object, name: string, value: unknown): void {
  const methods = replaced.get(object) ?? new Map();
  replaced.set(object, methods);
  if (methods.has(name)) return;
  methods.set(name, Object.getOwnPropertyDescriptor(object, name));
  Object.defineProperty(object, name, { configurable: true, writable: true, value });
}

/** Gives an object the methods that it had. */
export function restoreMethods(object: object): void {
  for (const [name, own] of replaced.get(object) ?? []) {
    if (own) Object.defineProperty(object, name, own);
    else Reflect.deleteProperty(object, name);
  }
  replaced.delete(object);
}

/** Whether methods of the object are replaced now. */
export function hasReplacedMethods(object: object): boolean {
  return replaced.has(object);
}

/** The method that the object would have if it was not replaced. Call it with the object as `this`. */
export function originalMethod<T extends object, K extends keyof T & string>(
  object: T,
  name: K,
): T[K] {
  const own = replaced.get(object)?.get(name);
  if (own) return own.value;
  return replaced.get(object)?.has(name) ? Object.getPrototypeOf(object)[name] : object[name];
}
