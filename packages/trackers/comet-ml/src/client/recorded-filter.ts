import type { MetricOperation } from "../operation.ts";
import type { CometConnection, RecordedPoint } from "./connection.ts";

/**
 * Leaves out the points that the service already has: an interrupted request may have arrived.
 *
 * @returns those to send, in order.
 */
export async function withoutRecorded(
  connection: CometConnection,
  metrics: readonly MetricOperation[],
  signal: AbortSignal,
): Promise<MetricOperation[]> {
  const recorded = new Map<string, number>();
  for (const name of new Set(metrics.map((metric) => metric.name))) {
    for (const point of await connection.recordedPoints(name, signal)) {
      const key = keyOf(name, point);
      recorded.set(key, (recorded.get(key) ?? 0) + 1);
    }
  }
  return metrics.filter(({ name, value, step, timestampMs }) => {
    const key = keyOf(name, { metricValue: value, step, timestamp: timestampMs });
    const count = recorded.get(key) ?? 0;
    recorded.set(key, count - 1);
    return count <= 0;
  });
}

/** The service returns numbers as text. */
function keyOf(name: string, { metricValue, step, timestamp }: RecordedPoint): string {
  const number = Number(metricValue);
  const value = Number.isNaN(number) ? String(metricValue) : number;
  return JSON.stringify([name, value, step ?? null, timestamp ?? null]);
}
