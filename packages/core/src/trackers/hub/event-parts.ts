import type { DeliveredEvent } from "../../tracker-contract/tracker-event.ts";

/** The types of events that hold several values by name. */
const VALUES = ["metrics", "images", "tables", "figures", "media"] as const;

type ValuesEvent = Extract<DeliveredEvent, { readonly type: (typeof VALUES)[number] }>;

/** The event without values that a tracker has already; undefined if nothing is left. */
export function withoutValues(
  event: DeliveredEvent,
  names: ReadonlySet<string>,
): DeliveredEvent | undefined {
  if (names.size === 0) return event;
  if (!hasValues(event)) return undefined;
  const left = Object.entries(event.values).filter(([name]) => !names.has(name));
  if (left.length === 0) return undefined;
  return { ...event, values: Object.fromEntries(left) } as DeliveredEvent;
}

function hasValues(event: DeliveredEvent): event is ValuesEvent {
  return VALUES.some((type) => type === event.type);
}

/** One value of an event. */
export type EventPart = {
  readonly key: { readonly text: string; readonly isPlace: boolean };
  readonly name: string;
  readonly value: unknown;
};

/** The values of an event, each with what identifies it. */
export function partsOf(event: DeliveredEvent, place: (name: string) => number): EventPart[] {
  const { target, type } = event;
  const step = type === "config" ? undefined : event.context.step;
  const part = (name: string, value: unknown): EventPart => {
    const owner = JSON.stringify([target, type, name]);
    const text = step === undefined ? `${owner} #${place(owner)}` : `${owner} ${step}`;
    return { key: { text, isPlace: step === undefined }, name, value };
  };
  switch (event.type) {
    case "config":
      return []; // compared as a whole
    case "metrics":
    case "images":
    case "tables":
    case "figures":
    case "media":
      return Object.entries(event.values).map(([name, value]) => part(name, value));
    case "artifact":
      return [part(event.artifact.name, event.artifact.type)];
    case "call":
      return [part(event.method, event.args)];
    case "system":
    case "console":
      return []; // observed anew, not logged again
  }
}
