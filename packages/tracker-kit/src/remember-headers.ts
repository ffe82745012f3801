import { rememberSecret } from "@acc/core/tracker";

/** Headers that are in every program's requests. */
const HARMLESS = /^(accept|content-|user-agent$|x-clearml-|x-swanlab-sdk-|x-wandb-user)/i;

/** Keeps the keys in the headers of a request out of every message: a server may repeat what it received. */
export function rememberHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (HARMLESS.test(name)) continue;
    const [, scheme, token] = /^(Basic|Bearer) (.+)$/i.exec(value) ?? [];
    rememberSecret(token ?? value);
    if (token === undefined || scheme?.toLowerCase() !== "basic") continue;
    const pair = Buffer.from(token, "base64").toString("utf8");
    rememberSecret(pair);
    rememberSecret(pair.slice(pair.indexOf(":") + 1));
  }
}
