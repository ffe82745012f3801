import { type Parsed, parseJsonText, printParsed } from "./json-text.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import { CLIENT_VERSION, PLATFORM } from "./protocol.ts";
import { SUMMARY_KINDS } from "./record.ts";

/** Values of the configuration by name, as JSON texts. */
export type ConfigTexts = ReadonlyMap<string, string>;

/** Member of a run's configuration in which clients keep data for the pages. */
const CLIENT_KEY = "_wandb";

/** The configuration as the API takes it: JSON of `{ name: { value } }`. */
export function configJson(config: ConfigTexts, metrics: readonly MetricDefinition[]): string {
  const members = [...withClient(config, metrics)].map(
    ([key, text]) => `${JSON.stringify(key)}:{"value":${text}}`,
  );
  return `{${members.join(",")}}`;
}

/** The configuration as the file `config.yaml`: JSON values are YAML. */
export function configYaml(config: ConfigTexts, metrics: readonly MetricDefinition[]): string {
  return [...withClient(config, metrics)]
    .map(([key, text]) => `${JSON.stringify(key)}:\n    value: ${text}\n`)
    .join("");
}

/** The values of a configuration that the API gave. @throws {SyntaxError} if the text is not a JSON object. */
export function parseConfigJson(text: string): [key: string, text: string][] {
  const object = parseJsonText(text) as { readonly [key: string]: { readonly value?: Parsed } };
  return Object.entries(object ?? {}).flatMap(([key, member]): [string, string][] =>
    key === CLIENT_KEY || member?.value === undefined ? [] : [[key, printParsed(member.value)]],
  );
}

function withClient(config: ConfigTexts, metrics: readonly MetricDefinition[]): ConfigTexts {
  const client = {
    cli_version: CLIENT_VERSION,
    // Without telemetry ("t") W&B's own client does not find a run that it should resume.
    t: { 5: CLIENT_VERSION, 13: PLATFORM },
    m: metricList(metrics),
  };
  return new Map([...config, [CLIENT_KEY, JSON.stringify(client)]]);
}

/** Definitions by field number of the client's record; a step metric by its place in the list, from 1. */
function metricList(metrics: readonly MetricDefinition[]): object[] {
  const real = metrics.filter(({ name }) => !name.includes("*"));
  return real.map(({ name, stepMetric, stepSync, hidden, isDefined, summary }) => {
    const index = real.findIndex((metric) => metric.name === stepMetric) + 1;
    return {
      1: name,
      ...(index > 0 ? { 5: index } : {}),
      6: [...(stepSync ? [1] : []), ...(hidden ? [2] : []), ...(isDefined ? [3] : [])],
      7: summary.map((kind) => SUMMARY_KINDS.indexOf(kind) + 1),
    };
  });
}
