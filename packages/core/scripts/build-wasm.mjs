/** Compiles the AssemblyScript modules of `assembly/` to `wasm/NAME.wasm`. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const SHARED = ["--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"];
const MODULES = {
  reduce: [...SHARED, "--enable", "threads"], // works on the memory that all replicas share
  half: ["--initialMemory", "1"],
};

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
mkdirSync("wasm", { recursive: true });
for (const [name, flags] of Object.entries(MODULES)) {
  const { error, stderr } = await asc.main([
    ...[`assembly/${name}.ts`, "--outFile", `wasm/${name}.wasm`, "-O3", "--noAssert"],
    ...["--runtime", "stub", "--importMemory", "--enable", "simd", ...flags],
  ]);
  if (error) {
    console.error(stderr.toString());
    process.exit(1);
  }
}
