import { suite, type Test } from "uvu";
import { StubServer } from "./stub-server.ts";

type Context = { server: StubServer; uri: string };

/** A suite whose tests have a stub server each. */
export function stubSuite(title: string): Test<Context> {
  const test = suite<Context>(title);
  test.before.each(async (context) => {
    context.server = new StubServer();
    context.uri = await context.server.start();
  });
  test.after.each(({ server }) => server.stop());
  return test;
}
