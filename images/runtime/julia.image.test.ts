/** The Julia kernel as the image runs it. No registry that the image is built from has Julia: then this is skipped and says so. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeImage, Runtime } from "./image-under-test.ts";

describeImage("the Julia kernel", () => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime("p:julia:default");
  });
  afterAll(() => runtime.close());

  test("runs cells, with state, streams, results and errors", async (context) => {
    const ready = await runtime.supervisor.until((lines) => lines.find((line) => line.type === "ready"));
    if (!ready.languages.includes("julia")) context.skip("the runtime image has no Julia");
    expect((await runtime.run("x = 41; println(x)")).stdout).toBe("41\n");
    const { events, status } = await runtime.run("x + 1");
    expect(status).toBe("completed");
    expect(events.find(({ event }) => event === "result")?.data).toMatchObject({ data: { "text/plain": "42" } });
    expect((await runtime.run('error("no")')).status).toBe("failed");
  });
});
