const MAX_REDIRECTS = 5;

/**
 * As `fetch`, but follows only redirects within the host that the user named, or from there to its HTTPS: keys in the
 * headers go nowhere else, a body is never dropped, and what a request stores is not stored under another name.
 *
 * @throws {Error} naming where any other redirect leads.
 */
export async function fetchThere(url: URL, init: RequestInit): Promise<Response> {
  let from = url;
  for (let count = 0; count <= MAX_REDIRECTS; count++) {
    const response = await fetch(from, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (!to || !isThere(from, to) || !isRepeatable(response.status, init, from, to)) {
      const where = to ? `${to.protocol}//${to.host}${to.pathname}` : "an address that is none";
      throw new Error(
        `it redirects (${response.status}) to ${where}. If that is right, name that address`,
      );
    }
    from = to;
  }
  throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
}

function isThere(from: URL, to: URL): boolean {
  if (to.username !== "" || to.password !== "") return false;
  return (
    to.origin === from.origin ||
    (from.protocol === "http:" && to.protocol === "https:" && to.hostname === from.hostname)
  );
}

/** Whether the same request may be sent again: other statuses turn it into a GET, and a stream is used up. */
function isRepeatable(status: number, { method, body }: RequestInit, from: URL, to: URL): boolean {
  if (method === "GET") return true;
  if (body instanceof ReadableStream) return false;
  return (status === 307 || status === 308) && isSameResource(from, to);
}

/** Proxies put a path in front, frameworks a slash behind. Any other path would store the body under that name. */
function isSameResource(from: URL, to: URL): boolean {
  const withoutSlash = ({ pathname }: URL): string => pathname.replace(/\/+$/, "");
  return withoutSlash(to).endsWith(withoutSlash(from)) && to.search === from.search;
}
