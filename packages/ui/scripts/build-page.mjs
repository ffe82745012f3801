/**
 * Bundles `src/page` to `page/`: the files that the server sends. Addresses in them are relative, so a proxy may add a prefix. In
 * `page/copy` are script and style of the page as one file.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(PACKAGE, "page");
/** What is bundled, and whose licences must come with it. */
const BUNDLED = ["preact", "uplot"];

rmSync(OUT, { recursive: true, force: true });
const shared = {
  ...{ absWorkingDir: PACKAGE, bundle: true, minify: true, metafile: true, format: "esm" },
  ...{ target: ["es2022"], jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
};
const { metafile } = await build({
  ...{ ...shared, entryPoints: ["src/page/main.tsx"], outdir: OUT, entryNames: "app-[hash]" },
  banner: { js: "/* Licences: third-party.txt */" },
});
// The page as one file, with the licences in it. An export adds the data.
await build({
  ...{ ...shared, entryPoints: { page: "src/page/copy-main.tsx" }, outdir: join(OUT, "copy") },
  banner: { js: `/*! ${BUNDLED.map(licenceOf).join("\n\n")} */` },
});
const names = Object.keys(metafile.outputs).map((path) => basename(path));
const script = names.find((name) => name.endsWith(".js"));
const style = names.find((name) => name.endsWith(".css"));

mkdirSync(OUT, { recursive: true });
writeFileSync(
  join(OUT, "index.html"),
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Runs</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
<div id="app"><noscript>This page needs JavaScript. In a terminal: acc runs list.</noscript></div>
</html>
`,
);
writeFileSync(join(OUT, "icon.svg"), readFileSync(join(PACKAGE, "src/page/icon.svg")));
// Not named "license": packing takes such a file for the licence of the package, and leaves its own out.
writeFileSync(join(OUT, "third-party.txt"), BUNDLED.map(licenceOf).join("\n\n"));

function licenceOf(name) {
  const manifest = createRequire(join(PACKAGE, "package.json")).resolve(`${name}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(dirname(manifest), "LICENSE"), "utf8")}`;
}
