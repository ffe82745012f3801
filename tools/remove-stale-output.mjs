/** Removes compiled files whose sources were removed: `tsc -b` leaves them, and they would be published. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { publishedPackages } from "./published-packages.mjs";

for (const folder of publishedPackages()) {
  for (const path of readdirSync(join(folder, "dist"), { recursive: true })) {
    const source = path.replace(/(\.d\.ts|\.js)(\.map)?$/, ".ts");
    if (source !== path && !existsSync(join(folder, "src", source))) {
      rmSync(join(folder, "dist", path));
    }
  }
}
