import type { RunStatus } from "../../wire/schema.ts";
import { STATUS } from "../model/format.ts";

/** A sign and a word: never a colour alone. */
export function Status({ status }: { readonly status: RunStatus }) {
  const { sign, word } = STATUS[status];
  return (
    <span class={`status ${status}`}>
      <span aria-hidden="true">{sign}</span> <span>{word}</span>
    </span>
  );
}
