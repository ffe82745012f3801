const FAILURE = /^XNN status/;

let hasFailed = false;

/**
 * Takes a line that the compiled module prints. Its kernels print it when XNNPACK refuses a call, and then return memory
 * that nothing was written to.
 */
export function takeWarning(line: string): void {
  if (FAILURE.test(line)) hasFailed = true;
  else console.warn(line);
}

/** Whether XNNPACK has refused a call since this was last asked. */
export function takeFailure(): boolean {
  const failed = hasFailed;
  hasFailed = false;
  return failed;
}
