/**
 * Preload that lets a Node.js without built-in type stripping (20 and early 22) run TypeScript, in every
 * thread: `node --import @acc/core/register-ts train.ts`. It erases types exactly as newer Node.js does.
 */
import { register } from "node:module";

if (!process.features.typescript) register("./type-stripping.mjs", import.meta.url);
