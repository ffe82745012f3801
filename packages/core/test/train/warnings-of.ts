/** The warnings of ours that are given while `body` runs. */
export async function warningsOf(body: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const note = ({ name, message }: Error) => {
    if (name === "AcceleratorWarning") warnings.push(message);
  };
  process.on("warning", note);
  await body();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  return warnings;
}
