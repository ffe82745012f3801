import type { Transferable } from "node:worker_threads";
import { transferHandlers } from "comlink";

type Thrown = { readonly value: unknown };
type Serialized = { readonly isError: boolean; readonly value: unknown };

let isKept = false;

/** Comlink sends of an error its message, name and stack. With this it sends the `code` too, which callers match on. */
export function keepThrownCodes(): void {
  const handler = transferHandlers.get("throw");
  if (isKept || !handler) return;
  isKept = true;
  transferHandlers.set("throw", {
    ...handler,
    serialize: (thrown: Thrown) => {
      const [serialized, transfer] = handler.serialize(thrown) as [Serialized, Transferable[]];
      const { code } = Object(thrown.value) as { readonly code?: unknown };
      if (!serialized.isError || typeof code !== "string") return [serialized, transfer];
      return [{ isError: true, value: { ...Object(serialized.value), code } }, transfer];
    },
  });
}
