export function requirementsFiles(): string[];
/** @param requirements path relative to the root of the repository. */
export function pythonOf(requirements: string): string | undefined;
export function installPython(requirements: string): Promise<string | undefined>;
