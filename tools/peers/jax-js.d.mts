export function jaxJsEntry(): string | undefined;
export function installJaxJs(): Promise<string | undefined>;
