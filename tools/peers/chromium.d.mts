type PageOptions = { readonly virtualTimeMs?: number; readonly timeoutMs?: number };

export function chromiumPath(): string | undefined;
export function pageDom(url: string, options?: PageOptions): Promise<string>;
export function pagePicture(url: string, path: string, options?: PageOptions): Promise<void>;
