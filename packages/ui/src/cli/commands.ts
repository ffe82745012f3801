import type { Command } from "@acc/core/command";
import { runsExportCommand } from "./runs-export.ts";
import { runsListCommand } from "./runs-list.ts";
import { runsShowCommand } from "./runs-show.ts";
import { uiCommand } from "./ui.ts";

/** The commands that `acc` takes from this package. */
export const commands: readonly Command[] = [
  uiCommand,
  runsListCommand,
  runsShowCommand,
  runsExportCommand,
];
