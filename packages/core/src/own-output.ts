let depth = 0;

/** Writes something of ours to the terminal, such as a progress bar: it is no output of the script. */
export function asOwnOutput<T>(write: () => T): T {
  depth += 1;
  try {
    return write();
  } finally {
    depth -= 1;
  }
}

/** Whether what is being written now is ours. */
export function isOwnOutput(): boolean {
  return depth > 0;
}
