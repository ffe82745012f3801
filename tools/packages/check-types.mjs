/** Type-checks the script of a project together with all declarations that it reaches. */
import { runInProject } from "./project.mjs";

const ERROR = /^(.+\(\d+,\d+\): )?error TS\d+/;
/** tfjs's own declarations are wrong under `strict`, and need the DOM, as do those of what it depends on. */
const KNOWN_BAD = /^node_modules\/(.*\/node_modules\/)?(@tensorflow|@types|@webgpu)\//;

/**
 * @returns how many errors others have.
 * @throws {Error} with those in the script and in our declarations.
 */
export async function checkTypes(project) {
  const command = ["npx", "tsc", "--pretty", "false"];
  const failure = await runInProject(project, command).then(
    () => undefined,
    (error) => error,
  );
  if (!failure) return 0;
  const errors = failure.message.split("\n").filter((line) => ERROR.test(line));
  if (errors.length === 0) throw failure;
  const ours = errors.filter((line) => !KNOWN_BAD.test(line));
  if (ours.length > 0) throw new Error(ours.join("\n"));
  return errors.length;
}
