import type { LogContext } from "@acc/core/tracker";

/** The context of an event that a native object posts now. */
export function contextNow({
  step,
  options,
}: {
  readonly step?: number | undefined;
  readonly options?: LogContext["options"] | undefined;
} = {}): LogContext {
  return {
    wallTimeMs: Date.now(),
    ...(step === undefined ? {} : { step }),
    ...(options === undefined ? {} : { options }),
  };
}
