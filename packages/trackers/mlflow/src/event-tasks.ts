import type { DeliveredEvent } from "@acc/core";
import { artifactPath } from "./artifact-path.ts";
import { callTasks } from "./call-tasks.ts";
import { imageTasks } from "./image-tasks.ts";
import { metricTasks } from "./metric-tasks.ts";
import { configTasks } from "./param-tasks.ts";
import { tableTasks } from "./table-tasks.ts";
import type { Task } from "./task.ts";
import type { TaskContext } from "./task-context.ts";

/** What an event asks of the server. Depends on nothing but the event and the recording, which it takes on. */
export function eventTasks(event: DeliveredEvent, context: TaskContext): Task[] {
  switch (event.type) {
    case "config":
      return configTasks(event.values, context);
    case "metrics":
      return metricTasks(event.values, event.context, context);
    case "images":
      return imageTasks(event.values, event.context, context);
    case "tables":
      return tableTasks(event.values, event.context, context);
    case "artifact": {
      const { artifact } = event;
      const { artifactPath: folder = artifact.type, contentsOnly } = event.context.options ?? {};
      const name = contentsOnly === true ? undefined : artifact.name;
      context.recording.timeOf(event.context);
      const path = artifactPath(folder === undefined ? undefined : String(folder), name);
      return [{ kind: "upload", path, content: artifact.path }];
    }
    case "call":
      return callTasks(event.method, event.args, event.context, context);
    default:
      event satisfies never;
      return [];
  }
}
