/**
 * The child's side of a service process. Settings come as one message, because arguments and environment can be read by
 * others; when the channel closes the parent is gone, however that happened, and the child must not outlive it.
 */
import * as z from "zod";

export interface Service {
  close(): Promise<void>;
}

/** What a child tells its parent. */
export const ChildMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("failed"), message: z.string() }),
]);
export type ChildMessage = z.infer<typeof ChildMessage>;

/** Runs `start` with the settings that the parent sends, and ends with it. */
export function serve<T>(settings: z.ZodType<T>, start: (settings: T) => Promise<Service>): void {
  // A parent that is gone by now can't be told, and `disconnect` sees to the rest.
  const tell = (message: ChildMessage) => process.send?.(message, undefined, undefined, () => {});
  let service: Promise<Service> | null = null;

  const end = async () => {
    // A service that can't close must not keep the platform from stopping.
    setTimeout(() => process.exit(1), 3_000).unref();
    await service?.then((running) => running.close()).catch(() => {});
    process.exit(0);
  };
  process.once("disconnect", end);
  process.once("SIGTERM", end);

  process.once("message", (message) => {
    service = Promise.resolve().then(() => start(settings.parse(message)));
    service.then(
      () => tell({ type: "ready" }),
      (error: unknown) => {
        tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
        process.exitCode = 1;
        process.disconnect();
      },
    );
  });
}
