export function tfjsNodeFolder(): string | undefined;
export function installTfjsNode(): Promise<string | undefined>;
