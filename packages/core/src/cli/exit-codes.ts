/** With which code `acc` ends. Scripts compare them: a code never changes its meaning. */
export const EXIT = {
  done: 0,
  /** Something failed, or is left to do. */
  failed: 1,
  /** Wrong usage. */
  usage: 2,
  /** A file or folder that was named does not exist. */
  notFound: 3,
  /** A run of another machine was refused: see SECURITY.md. */
  refused: 4,
  /** Part of a journal is lost. */
  damaged: 5,
  /** Ended by Ctrl-C; a launched run that SIGTERM ends has 143. */
  interrupted: 130,
} as const;
