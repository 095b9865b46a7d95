/**
 * Podman on this host, over the REST API of `podman system service` on a unix socket. One service process for all
 * containers: a `podman attach` process for each runtime would cost more memory than a small runtime does.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import * as z from "zod";

const run = promisify(execFile);
const API = "/v5.0.0/libpod";

/** Podman answered with an error. `status` is its HTTP status: 404 no such container, 409 wrong state or name taken. */
export class PodmanError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "PodmanError";
    this.status = status;
  }
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  /** A folder that is mounted read-only and may have device nodes, and those that the container may use. */
  readonly devices?: {
    readonly source: string;
    readonly target: string;
    readonly numbers: readonly { readonly major: number; readonly minor: number }[];
  };
  readonly workDir: string;
  /** Without it the container's id. */
  readonly hostName?: string;
  readonly network: "none" | "bridge";
  readonly readOnly: boolean;
  /** Bytes. */
  readonly memory: number;
  readonly pids: number;
}

const Listed = z.array(
  z.object({ Id: z.string(), Names: z.array(z.string()), State: z.string(), Labels: z.record(z.string(), z.string()) }),
);

const Inspected = z.object({
  Id: z.string(),
  Image: z.string(),
  State: z.object({
    Status: z.string(),
    Pid: z.int().default(0),
    /** Of the process that drains what the container says. */
    ConmonPid: z.int().default(0),
    ExitCode: z.int(),
    OOMKilled: z.boolean().default(false),
  }),
  HostConfig: z.object({ Memory: z.number().default(0), LogConfig: z.object({ Path: z.string() }) }),
  /** Of the overlay: what the container has written lies in its upper folder. */
  GraphDriver: z.object({ Data: z.object({ UpperDir: z.string() }) }),
});
export type Inspected = z.infer<typeof Inspected>;

export class Podman {
  readonly #socket: string;
  #service: ChildProcess | null = null;

  /** @param socket path of the API socket, made by `startService` */
  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Starts the API service and waits until it answers. It dies with this process, however that ends. */
  async startService(): Promise<void> {
    await rm(this.#socket, { force: true });
    const service = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", "podman", "system", "service", "--time=0", `unix://${this.#socket}`],
      {
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    this.#service = service;
    const died = new Promise<never>((_, reject) => {
      service.once("error", reject);
      service.once("exit", (code, signal) => reject(new Error(`podman's API service ended (${signal ?? code})`)));
    });
    died.catch(() => {});
    await Promise.race([died, this.#untilItAnswers()]);
    // Without its service the daemon can do nothing: end, and be started again with a new one.
    died.catch((error: Error) => {
      if (this.#service === null) return;
      console.error(error.message);
      process.exit(1);
    });
  }

  async #untilItAnswers(): Promise<void> {
    for (;;) {
      try {
        await this.#call("GET", "/_ping", undefined, z.unknown());
        return;
      } catch (error) {
        if (error instanceof PodmanError) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  stopService(): void {
    const service = this.#service;
    this.#service = null;
    service?.kill("SIGTERM");
  }

  /** Containers that carry the label `markco`, in whatever state. */
  async list(): Promise<{ id: string; name: string; state: string; labels: Record<string, string> }[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: ["markco"] }));
    const found = await this.#call("GET", `/containers/json?all=true&filters=${filters}`, undefined, Listed);
    return found.map((entry) => ({
      id: entry.Id,
      name: entry.Names[0] ?? "",
      state: entry.State,
      labels: entry.Labels,
    }));
  }

  /** The container, or null if there is none of that name or id. */
  async inspect(container: string): Promise<Inspected | null> {
    return this.#call("GET", `/containers/${container}/json`, undefined, Inspected).catch(nullIf404);
  }

  /**
   * Makes a container, not yet running; returns its id. The process is uid 0 without any capability: CRIU can restore
   * another user's process only with CAP_SYS_RESOURCE, which not every host grants.
   */
  async create(spec: ContainerSpec): Promise<string> {
    const body = {
      name: spec.name,
      image: spec.image,
      labels: { markco: "1", ...spec.labels },
      env: spec.env,
      work_dir: spec.workDir,
      hostname: spec.hostName,
      stdin: true,
      terminal: false,
      mounts: [
        ...spec.mounts.map((mount) => bind(mount, "rw", "nodev")),
        ...(spec.devices ? [bind(spec.devices, "ro", "dev")] : []),
      ],
      device_cgroup_rule: spec.devices?.numbers.map((number) => ({ ...number, allow: true, type: "c", access: "rw" })),
      netns: { nsmode: spec.network },
      read_only_filesystem: spec.readOnly,
      cap_drop: ["all"],
      no_new_privileges: true,
      resource_limits: { memory: { limit: spec.memory, swap: spec.memory }, pids: { limit: spec.pids } },
      log_configuration: { driver: "k8s-file" },
      image_volume_mode: "ignore",
      stop_timeout: 5,
    };
    const made = () => this.#call("POST", "/containers/create", body, z.object({ Id: z.string() }));
    const created = await made().catch(async (error: unknown) => {
      if (!(error instanceof PodmanError) || !/is already in use/.test(error.message)) throw error;
      // A service that was killed while it made one has left its storage, which Podman's API neither lists nor removes.
      await run("podman", ["rm", "--force", "--ignore", spec.name]);
      return made();
    });
    return created.Id;
  }

  /** Changes the memory limit of a running container, in bytes. */
  async limitMemory(container: string, bytes: number): Promise<void> {
    const body = { memory: { limit: bytes, swap: bytes } };
    await this.#call("POST", `/containers/${container}/update`, body, z.unknown());
  }

  async pause(container: string): Promise<void> {
    await this.#call("POST", `/containers/${container}/pause`, undefined, z.unknown());
  }

  async unpause(container: string): Promise<void> {
    await this.#call("POST", `/containers/${container}/unpause`, undefined, z.unknown());
  }

  /** Throws PodmanError (404) if there is no such image. */
  async imageId(name: string): Promise<string> {
    const image = await this.#call("GET", `/images/${name}/json`, undefined, z.object({ Id: z.string() }));
    return image.Id;
  }

  async start(container: string): Promise<void> {
    await this.#call("POST", `/containers/${container}/start`, undefined, z.unknown());
  }

  /** Kills and removes the container with its storage. One that is gone already is fine. */
  async remove(container: string): Promise<void> {
    await this.#call(
      "DELETE",
      `/containers/${container}?force=true&timeout=0&v=true&ignore=true`,
      undefined,
      z.unknown(),
    ).catch(nullIf404);
  }

  /** A stream to the container's stdin. Its end leaves the container's stdin open. */
  attachStdin(container: string): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const attach = request({
        socketPath: this.#socket,
        method: "POST",
        path: `${API}/containers/${container}/attach?stdin=true&stdout=false&stderr=false&stream=true&logs=false`,
        headers: { connection: "Upgrade", upgrade: "tcp" },
      });
      attach.once("upgrade", (_response, socket) => resolve(socket));
      attach.once("response", (response) => {
        errorOf(response).then(reject, reject);
      });
      attach.once("error", reject);
      attach.end();
    });
  }

  async #call<T>(method: string, path: string, body: object | undefined, answer: z.ZodType<T>): Promise<T> {
    const response = await this.#request(method, path, body);
    const text = await textOf(response);
    return answer.parse(/json/.test(response.headers["content-type"] ?? "") && text !== "" ? JSON.parse(text) : text);
  }

  /** Sends a request (`body` is JSON) and resolves with a response that is a success. */
  #request(method: string, path: string, body?: object): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": "application/json" };
      const call = request({ socketPath: this.#socket, method, path: API + path, headers }, (response) => {
        if ((response.statusCode ?? 500) < 400) resolve(response);
        else errorOf(response).then(reject, reject);
      });
      call.once("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

const bind = ({ source, target }: { source: string; target: string }, ...options: string[]) => ({
  type: "bind",
  source,
  destination: target,
  options: ["rbind", "nosuid", ...options],
});

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
}

async function errorOf(response: IncomingMessage): Promise<PodmanError> {
  const text = await textOf(response);
  const body = z.object({ message: z.string() }).safeParse(safeJson(text));
  return new PodmanError(response.statusCode ?? 500, body.success ? body.data.message : text.slice(0, 500));
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function nullIf404(error: unknown): null {
  if (error instanceof PodmanError && error.status === 404) return null;
  throw error;
}
