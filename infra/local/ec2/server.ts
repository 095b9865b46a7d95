/** The endpoint's HTTP side: EC2's query API, the metadata of instances, and on loopback alone the switch for faults. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { parseJson } from "../../../shared/daemon/fault.ts";
import { act, type World } from "./actions.ts";
import { Control } from "./faults.ts";
import { Metadata } from "./metadata.ts";
import { answerXml, Ec2Error, errorXml, parseQuery } from "./protocol.ts";

const MAX_BODY_BYTES = 1024 * 1024;

export interface Ec2Plan {
  readonly accessKeyId: string;
  readonly world: World;
}

interface Reply {
  readonly status: number;
  readonly type: "text/xml;charset=UTF-8" | "text/plain" | "application/json";
  readonly text: string;
}

/** The two listeners differ in who can reach them: instances reach the bridge's, tests and operators loopback's. */
export function ec2Server(plan: Ec2Plan, reach: "bridge" | "loopback"): Server {
  const metadata = new Metadata();
  return createServer((request, response) => {
    reply(request).then(
      ({ status, type, text }) => response.writeHead(status, { "content-type": type }).end(text),
      (error: Error) => response.writeHead(500, { "content-type": "text/plain" }).end(`${error.message}\n`),
    );
  });

  async function reply(request: IncomingMessage): Promise<Reply> {
    const path = new URL(request.url ?? "/", "http://ec2").pathname;
    const header = (name: string) => {
      const value = request.headers[name];
      return typeof value === "string" ? value : undefined;
    };
    if (path.startsWith("/latest/")) {
      const address = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
      const instance = plan.world.instances.atAddress(address);
      const { status, text } = metadata.answer(instance, request.method ?? "", path, header);
      return { status, type: "text/plain", text };
    }
    const body = await textOf(request);
    if (reach === "loopback" && path === "/_control") return control(plan.world, body);
    return query(plan, header("authorization"), body);
  }
}

async function query({ accessKeyId, world }: Ec2Plan, authorization: string | undefined, body: string): Promise<Reply> {
  const type = "text/xml;charset=UTF-8";
  try {
    if (!authorization?.includes(`Credential=${accessKeyId}/`)) {
      throw new Ec2Error("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
    }
    const parameters = parseQuery(body);
    const action = String(parameters.Action ?? "");
    return { status: 200, type, text: answerXml(action, await act(world, action, parameters)) };
  } catch (error) {
    if (error instanceof Ec2Error) return { status: error.status, type, text: errorXml(error) };
    console.error("ec2:", error);
    return { status: 500, type, text: errorXml(new Ec2Error("InternalError", "An internal error has occurred", 500)) };
  }
}

async function control({ instances }: World, body: string): Promise<Reply> {
  const wanted = parseJson(Control, body, "control");
  switch (wanted.do) {
    case "fail":
      instances.faults = wanted.faults;
      break;
    case "interrupt":
      instances.interrupt(instances.get(wanted.instanceId), wanted.afterMs);
      break;
    case "lose":
      await instances.lose(instances.get(wanted.instanceId));
      break;
    case "list":
      break;
  }
  const shown = instances
    .list()
    .map(({ id, type, state, address, spot, tags }) => ({ id, type, state, address, spot, tags }));
  return { status: 200, type: "application/json", text: JSON.stringify(shown) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw new Error("too large");
  }
  return text;
}
