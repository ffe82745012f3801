/** A tracker that delivers to the service at SERVICE_URL. */
import { GeneralTracker, registerTracker, TrackerUnreachableError } from "../../src/index.ts";

class ServiceTracker extends GeneralTracker {
  readonly name = "service";
  readonly requiresLoggingDirectory = false;
  readonly tracker = undefined;

  override storeInitConfiguration(): void {}

  override log(): void {}

  override async deliver(events: readonly object[], signal: AbortSignal): Promise<void> {
    const url = process.env.SERVICE_URL ?? "";
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(5000)]);
      const response = await fetch(url, {
        method: "POST",
        body: JSON.stringify(events),
        signal: limit,
      });
      await response.text();
      if (!response.ok) throw new Error(`it answers ${response.status}`);
    } catch (cause) {
      throw new TrackerUnreachableError("the service does not answer", { cause });
    }
  }
}

registerTracker({
  name: "service",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  create: () => new ServiceTracker(),
});
