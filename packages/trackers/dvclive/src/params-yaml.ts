import type { LogValue } from "@acc/core";
import { isMap, Pair, type YAMLMap } from "yaml";
import { parseLiterally, textNode, toYaml, yamlNode } from "./yaml-nodes.ts";

/**
 * The text of `params.yaml` with parameters set; the others stay as they are.
 *
 * @param text the file as it is, if there is one.
 */
export function updateParams(
  text: string | undefined,
  params: readonly (readonly [name: string, value: LogValue])[],
): string {
  const existing = parseLiterally(text ?? "");
  // A damaged file cannot be merged with, only replaced.
  const isUsable = existing.errors.length === 0 && isMap(existing.contents);
  const document = isUsable ? existing : parseLiterally("{}");
  const map = document.contents as unknown as YAMLMap;
  for (const [name, value] of params) {
    const same = map.items.find((pair) => String(pair.key) === name);
    if (same) same.value = yamlNode(value);
    else map.items.push(new Pair(textNode(name), yamlNode(value)));
  }
  map.flow = map.items.length === 0;
  return escapeSpecial(toYaml(document));
}

/** What DVC's reader refuses or takes for a line's end, in the double quotes that `textNode` puts around it. */
function escapeSpecial(yaml: string): string {
  return yaml.replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
