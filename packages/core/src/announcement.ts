/** The line by which a run that is kept says how to look at it. */
export function announcement(runId: string, command: string): string {
  return `Run ${runId.slice(0, 8)} is kept. Look at it: ${command}`;
}

const ANNOUNCEMENT = /^Run [0-9a-f]{8} is kept\. Look at it: /;

/** Whether a line is one of ours, which says nothing to somebody who looks at the run already. */
export function isAnnouncement(line: string): boolean {
  return ANNOUNCEMENT.test(line);
}
