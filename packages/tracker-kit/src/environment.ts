/** Environment variables by name, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a variable is set to a true value. */
export function isTrue(text: string | undefined): boolean {
  return /^(1|true|yes|on|y|t)$/i.test(text?.trim() ?? "");
}
