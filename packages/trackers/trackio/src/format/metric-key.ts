/** Names of Trackio's own columns. */
const RESERVED = new Set(["project", "run", "timestamp", "step", "time", "metrics"]);

/** The name under which Trackio records a value: its own names get `__` in front, as its Python client does. */
export function metricKey(key: string): string {
  return RESERVED.has(key) || key.startsWith("__") ? `__${key}` : key;
}
