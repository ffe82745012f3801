import { suite } from "uvu";
import * as assert from "uvu/assert";
import { maskSecrets, rememberSecrets, withoutUrlSecrets } from "../src/secrets.ts";

const test = suite("secrets");

test("keys in addresses and headers are masked, whoever made them", () => {
  const cases: [string, string][] = [
    ["http://me:p@ss@host/x failed", "http://***@host/x failed"],
    ["https://t0ken@host/x.git", "https://***@host/x.git"],
    ["GET https://h/x?a=1&token=abc&b=2", "GET https://h/x?a=1&token=***&b=2"],
    [
      "https://s3/x?X-Amz-Signature=ab12&X-Amz-Date=1",
      "https://s3/x?X-Amz-Signature=***&X-Amz-Date=1",
    ],
    ["Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer ***"],
    ["Basic authentication is needed", "Basic authentication is needed"],
    ["mail me@host", "mail me@host"],
  ];
  for (const [text, masked] of cases) assert.is(maskSecrets(text), masked);
});

test("keys of the environment and of options are masked wherever they stand", () => {
  process.env.ANY_SERVICE_API_KEY = "fr0mTheEnv";
  rememberSecrets({ apiKey: "fr0mOptions", nested: [{ pin: "98765" }], color: "bluish" }, ["pin"]);
  const text = 'refused {"k":"fr0mTheEnv"} xfr0mOptionsx 98765 bluish';
  assert.is(maskSecrets(text), 'refused {"k":"***"} x***x *** bluish');
  delete process.env.ANY_SERVICE_API_KEY;
});

test("an address is kept without its keys; other texts are kept as they are", () => {
  const cases: [string, string][] = [
    ["https://user:p@ss@host:1/x.git?token=1#f", "https://host:1/x.git#f"],
    ["http://host/?a=1&api_key=2&b=3", "http://host/?a=1&b=3"],
    ["git@github.com:me/x.git", "git@github.com:me/x.git"],
    ["why? token=1", "why? token=1"],
    ["https://host/?author=me", "https://host/?author=me"],
  ];
  for (const [text, kept] of cases) assert.is(withoutUrlSecrets(text), kept);
});

test.run();
