/** Doors to the terminals of a project's runtime: for people alone, as the edge lets them in. */
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import * as z from "zod";
import { Fault, parse } from "../../shared/daemon/fault.ts";
import {
  TERMINAL_CLOSE,
  TerminalInput,
  TerminalList,
  TerminalName,
  type TerminalOutput,
  TerminalSize,
} from "../../shared/runtime/terminal.ts";
import { PROJECT_MOUNT } from "../agent/host-agent.ts";
import type { Caller, Route, UpgradeRoute } from "../api/router.ts";
import type { Projects } from "../projects/projects.ts";
import type { RuntimeLink, TerminalLine } from "../runtime/link.ts";
import type { Runtimes } from "../runtime/runtimes.ts";
import { Terminals } from "./terminals.ts";

const PING_MS = 15_000;
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

const Opened = z.object({ screen: z.string(), position: z.int() });

export function terminalRoutes(
  projects: Projects,
  runtimes: Runtimes,
  touch: (runtimeId: string) => void,
): { readonly routes: Route[]; readonly upgrades: UpgradeRoute[] } {
  const terminals = new Terminals();
  const own = (caller: Caller, params: Readonly<Record<string, string>>) =>
    runtimes.own(projects.getFor(caller, params.project ?? ""));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });

  const routes: Route[] = [
    {
      method: "GET",
      pattern: "/v1/projects/:project/terminals",
      handle: async ({ caller, params }) => {
        const link = runtimes.live(own(caller, params));
        return link
          ? parse(TerminalList, await link.ask({ op: "terminal_list" }), "the runtime's answer")
          : { terminals: [] };
      },
    },
    {
      method: "DELETE",
      pattern: "/v1/projects/:project/terminals/:terminal",
      handle: async ({ caller, params }) => {
        const link = runtimes.live(own(caller, params));
        const terminal = parse(TerminalName, params.terminal, "terminal");
        const reply = await link?.ask({ op: "terminal_close", terminal });
        const closed = z.object({ closed: z.literal(true) }).safeParse(reply).success;
        if (!closed) throw new Fault("not_found", `there is no terminal ${terminal}`);
        return { closed };
      },
    },
  ];

  const upgrades: UpgradeRoute[] = [
    {
      pattern: "/v1/projects/:project/terminals/:terminal",
      upgrade: async ({ caller, params, url, request, socket, head }) => {
        const runtimeId = own(caller, params);
        const terminal = parse(TerminalName, params.terminal, "terminal");
        const query = Object.fromEntries(
          [...url.searchParams]
            .filter(([name]) => name === "columns" || name === "rows")
            .map(([k, v]) => [k, Number(v)]),
        );
        const size = parse(TerminalSize, query, "size");
        const link = await runtimes.running(runtimeId);
        sockets.handleUpgrade(request, socket, head, (client) =>
          serve(client, link, terminal, size, () => touch(runtimeId)),
        );
      },
    },
  ];

  function serve(
    client: WebSocket,
    link: RuntimeLink,
    terminal: string,
    size: z.infer<typeof TerminalSize>,
    used: () => void,
  ): void {
    const send = (message: TerminalOutput) => client.send(JSON.stringify(message));
    // Until the screen has come, what follows it waits here.
    let early: TerminalLine[] | null = [];
    const viewer = {
      show: (line: TerminalLine) => {
        if (early) early.push(line);
        else if (line.type === "terminal") send({ type: "output", data: line.data, position: line.position });
        else {
          send({ type: "end", code: line.code });
          client.close(TERMINAL_CLOSE.ended);
        }
      },
      leave: () => client.close(TERMINAL_CLOSE.again),
    };
    terminals.add(link, terminal, viewer);
    const pings = setInterval(() => client.ping(), PING_MS);
    client.on("error", () => client.terminate());
    client.on("close", () => {
      clearInterval(pings);
      terminals.remove(link, terminal, viewer);
    });
    client.on("message", (data: RawData) => {
      const message = TerminalInput.safeParse(safeJson(data.toString()));
      if (!message.success) return client.close(TERMINAL_CLOSE.badMessage);
      const { type, ...fields } = message.data;
      used();
      if (type === "take") terminals.take(link, terminal, viewer, message.data.position);
      else link.tell({ op: `terminal_${type}`, terminal, ...fields } as Parameters<RuntimeLink["tell"]>[0]);
    });

    async function open(): Promise<void> {
      const reply = await link.ask({ op: "terminal_open", terminal, cwd: PROJECT_MOUNT, ...size });
      const { screen, position } = parse(Opened, reply, "the runtime's answer");
      send({ type: "screen", data: screen, position });
      const waiting = early ?? [];
      early = null;
      for (const line of waiting) if (line.type === "terminal_end" || line.position > position) viewer.show(line);
    }
    open().catch((error: unknown) =>
      client.close(TERMINAL_CLOSE.refused, error instanceof Fault ? error.message.slice(0, 120) : ""),
    );
  }

  return { routes, upgrades };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
