/** ONNX Runtime as onnxruntime-node brings it: which file of it each platform needs. */

export const VERSION = "1.30.0";
/** Checksum of the tarball on the registry: the files that were reviewed are the files that are shipped. */
export const INTEGRITY =
  "sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==";

/**
 * By `<platform>-<arch>` of Node.js. DirectML and the shader compilers beside onnxruntime.dll are loaded only by
 * execution providers for GPUs, and are not under this licence: they stay behind.
 */
export const LIBRARIES = {
  "darwin-arm64": { os: "darwin", cpu: "arm64", file: "libonnxruntime.1.dylib" },
  "linux-arm64": { os: "linux", cpu: "arm64", libc: "glibc", file: "libonnxruntime.so.1" },
  "linux-x64": { os: "linux", cpu: "x64", libc: "glibc", file: "libonnxruntime.so.1" },
  "win32-arm64": { os: "win32", cpu: "arm64", file: "onnxruntime.dll" },
  "win32-x64": { os: "win32", cpu: "x64", file: "onnxruntime.dll" },
};

export function packageName(platform) {
  return `@acc/ort-${platform}`;
}
