/** The platform's public API for tests of commands: remembers what it was asked, answers as it is told. */
import { createServer, type Server } from "node:http";
import { vi } from "vitest";

export interface Asked {
  /** Method, path and query: `POST /api/imports`. */
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

export type Answers = (asked: Asked) => Response | Promise<Response>;

export class FakeEdge {
  readonly asked: Asked[] = [];
  answers: Answers = () => Response.json({});
  readonly #server: Server;

  /** Commands find it by their environment until the test's stubs are undone. */
  private constructor(server: Server, port: number) {
    this.#server = server;
    vi.stubEnv("MARKCO_URL", `http://127.0.0.1:${port}`);
    vi.stubEnv("MARKCO_TOKEN", "a-token");
  }

  get url(): string {
    return process.env.MARKCO_URL ?? "";
  }

  static async start(): Promise<FakeEdge> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const edge = new FakeEdge(server, typeof address === "object" && address ? address.port : 0);
    server.on("request", async (incoming, outgoing) => {
      const body = Buffer.concat(await incoming.toArray());
      const { method, url, headers } = incoming;
      const asked = { line: `${method} ${url}`, authorization: headers.authorization, body };
      edge.asked.push(asked);
      const response = await edge.answers(asked);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      try {
        for await (const chunk of response.body ?? []) await new Promise((sent) => outgoing.write(chunk, sent));
        outgoing.end();
      } catch {
        // A body that fails is a connection that breaks.
        outgoing.destroy();
      }
    });
    return edge;
  }

  /** Has one project, `thesis`; `answers` is asked for all else. */
  hasProject(projectId: string, answers: Answers): void {
    const project = { projectId, slug: "thesis", owner: { handle: "demo" }, role: "owner", site: null };
    this.answers = (asked) =>
      asked.line === "GET /api/projects" ? Response.json({ projects: [project] }) : answers(asked);
  }

  /** What was to be changed below `path`: method and the rest of the path, and the body. */
  changesAt(path: string): [string, unknown][] {
    return this.asked
      .filter(({ line }) => !line.startsWith("GET "))
      .map(({ line, body }) => [line.replace(path, ""), body.length === 0 ? null : JSON.parse(body.toString())]);
  }

  async stop(): Promise<void> {
    vi.unstubAllEnvs();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** What is written to stdout and stderr from now on. Undone by `vi.restoreAllMocks()`. */
export function listenToOutput(): { stdout: string; stderr: string } {
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
  }
  return said;
}
