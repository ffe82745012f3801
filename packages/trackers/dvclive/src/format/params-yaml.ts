import type { LogValue } from "@acc/core/tracker";
import { isMap, Pair, type YAMLMap } from "yaml";
import { parseLiterally, textNode, toYaml, yamlNode } from "./yaml-nodes.ts";

/**
 * The text of `params.yaml` with parameters set; the others stay as they are.
 *
 * @param text the present file, if there is one.
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

/** Escapes what DVC's reader refuses or reads as the end of a line. `textNode` puts it in double quotes. */
function escapeSpecial(yaml: string): string {
  return yaml.replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
