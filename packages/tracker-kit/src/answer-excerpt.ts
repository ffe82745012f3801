import { safeText } from "@acc/core/tracker";

/** Characters of an answer in a message. */
const LENGTH = 300;

/** The beginning of what a server answered, for a message. Keys in it are masked before it is cut: a part of one is no key. */
export function excerptOf(answer: string): string {
  return safeText(answer.slice(0, 8 * LENGTH))
    .trim()
    .slice(0, LENGTH);
}
