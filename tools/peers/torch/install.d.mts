export function torchPython(): string | undefined;
export function installTorch(): Promise<string | undefined>;
