const MAX_REDIRECTS = 5;

/**
 * As `fetch`, but follows only redirects within the host that the user named, or from there to its HTTPS: keys in the
 * headers go nowhere else, a body is never dropped, and what a request stores is not stored under another name.
 *
 * @throws {Error} naming where any other redirect leads.
 */
export async function fetchThere(url: URL, init: RequestInit): Promise<Response> {
  const answer = isRead(init.body) ? await fetchUncopied(url, init) : undefined;
  if (answer) return answer;
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

/** Whether fetch reads the body while it sends it: a file, or a form with files. */
function isRead(body: RequestInit["body"]): boolean {
  return body instanceof Blob || body instanceof FormData;
}

/**
 * As `fetch`, with no copy of the body: up to Node.js 24, `fetch` keeps one of what it has sent, so that a whole file is in memory, unless
 * it may neither follow a redirect nor ask for a password.
 *
 * @returns undefined if there is a redirect.
 */
async function fetchUncopied(url: URL, init: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(url, { ...init, redirect: "error", window: null });
  } catch (error) {
    const { cause } = error as { readonly cause?: Partial<Error> };
    if (cause?.message === "unexpected redirect") return undefined;
    throw error;
  }
}

function isThere(from: URL, to: URL): boolean {
  if (to.username !== "" || to.password !== "") return false;
  return (
    to.origin === from.origin ||
    (from.protocol === "http:" && to.protocol === "https:" && to.hostname === from.hostname)
  );
}

/** Whether the same request may be sent again: other statuses turn it into a GET. */
function isRepeatable(status: number, { method }: RequestInit, from: URL, to: URL): boolean {
  if (method === "GET") return true;
  return (status === 307 || status === 308) && isSameResource(from, to);
}

/** Proxies put a path in front, frameworks a slash behind. Any other path would store the body under that name. */
function isSameResource(from: URL, to: URL): boolean {
  const withoutSlash = ({ pathname }: URL): string => pathname.replace(/\/+$/, "");
  return withoutSlash(to).endsWith(withoutSlash(from)) && to.search === from.search;
}
