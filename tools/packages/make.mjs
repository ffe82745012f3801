/** Makes the tarballs that go to npm: `node tools/packages/make.mjs FOLDER`, then `npm publish` each of them. */
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ortPackages } from "./onnxruntime/make-packages.mjs";
import { packAll } from "./pack.mjs";

const [folder] = process.argv.slice(2);
if (!folder)
  throw new Error("Name the folder for the tarballs: node tools/packages/make.mjs FOLDER");
const target = resolve(folder);
mkdirSync(target);
for (const { tarball } of Object.values(await ortPackages())) {
  copyFileSync(tarball, join(target, basename(tarball)));
}
for (const { tarball } of await packAll(target)) console.log(tarball);
