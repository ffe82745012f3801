/** Nobody reads any more: the other end of a pipe is closed. */
const LOST = "EPIPE";

/**
 * Output that nobody reads any more, as behind `acc … | head`, is written to nobody: it ends no training, and is no error. Without
 * this the process would end at once.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== LOST) throw error;
    });
  }
}
