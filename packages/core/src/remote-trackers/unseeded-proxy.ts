import { drawUnseeded } from "../random/seeded-random.ts";

/**
 * A comlink proxy whose calls leave the seeded `Math.random` alone: comlink draws a number for each of its messages, and
 * only some ranks send any.
 */
export function unseededProxy<T>(proxy: T): T {
  if (typeof proxy !== "function") return proxy;
  return new Proxy(proxy, {
    get: (target, key) => unseededProxy(drawUnseeded(() => Reflect.get(target, key) as unknown)),
    set: (target, key, value) => drawUnseeded(() => Reflect.set(target, key, value)),
    apply: (target, self, args) =>
      unseededProxy(drawUnseeded(() => Reflect.apply(target, self, args) as unknown)),
    construct: (target, args) => drawUnseeded(() => Reflect.construct(target, args) as object),
  });
}
