import type { FigureData, LogContext } from "@acc/core/tracker";
import { figureHtml, figureJson } from "@acc/tracker-kit";
import { artifactName } from "../format/artifact-path.ts";
import type { Operation } from "../operation.ts";
import type { EventScope } from "./scope.ts";

/**
 * The last figure of a name is `figures/<name>.html`, which the page shows; every figure is kept beside it under its step, as a page
 * and as JSON.
 */
export function figureOperations(
  figures: Readonly<Record<string, FigureData>>,
  at: LogContext,
  { recording, sequence }: EventScope,
): Operation[] {
  recording.timeOf(at);
  const step = recording.stepOf(at);
  return Object.entries(figures).flatMap(([name, figure]): Operation[] => {
    const path = `figures/${artifactName(name)}`;
    const page = Buffer.from(figureHtml(figure, name));
    const json = Buffer.from(JSON.stringify(figureJson(figure)));
    const ofStep = `${path}/step_${step}_${sequence}`;
    return [
      { kind: "upload", path: `${ofStep}.html`, content: page },
      { kind: "upload", path: `${ofStep}.${figure.type}.json`, content: json },
      { kind: "upload", path: `${path}.html`, content: page },
    ];
  });
}
