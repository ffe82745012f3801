export function node24Folder(): Promise<string>;
