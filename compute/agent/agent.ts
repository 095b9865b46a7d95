/** What a host does for the daemon. On the base server the daemon has it in the same process. */
import type { Duplex } from "node:stream";
import { Fault } from "../../shared/daemon/fault.ts";
import type { Podman } from "../podman/podman.ts";
import { dialInside } from "./dial.ts";

/** Where the project's folder stands in its runtime: tracebacks and `os.getcwd()` show it, so it is short and the same on every host. */
export const PROJECT_MOUNT = "/project";

const PROCESSES = 1024;
const EDITOR_MEMORY_BYTES = 256 * 1024 * 1024;

export interface RuntimePlan {
  readonly runtimeId: string;
  readonly projectId: string;
  /** Absolute path on the host. */
  readonly projectFolder: string;
  readonly memoryBytes: number;
}

export interface EditorPlan {
  readonly ownerId: string;
  /** The owner's folder and the folder of its sockets, absolute on the host. */
  readonly userFolder: string;
  readonly socketFolder: string;
}

/** A container of ours, as the host reports it. */
export interface Found {
  readonly containerId: string;
  readonly running: boolean;
  readonly role:
    | { readonly kind: "runtime"; readonly runtimeId: string }
    | { readonly kind: "editor"; readonly ownerId: string }
    | null;
}

export class Agent {
  readonly #podman: Podman;
  /** Open connections into runtimes. */
  readonly #connections = new Map<string, Set<Duplex>>();
  readonly #images: { readonly runtime: string; readonly editor: string };

  constructor(podman: Podman, images: { runtime: string; editor: string }) {
    this.#podman = podman;
    this.#images = images;
  }

  /** All containers of markco's on this host, known to the journal or not. */
  async containers(): Promise<Found[]> {
    return (await this.#podman.list()).map(({ id, state, labels }) => {
      const runtimeId = labels["markco.runtime"];
      const ownerId = labels["markco.editor"];
      return {
        containerId: id,
        running: state === "running",
        role: runtimeId ? { kind: "runtime", runtimeId } : ownerId ? { kind: "editor", ownerId } : null,
      };
    });
  }

  /** Starts a fresh runtime; whatever was left of an earlier one goes first. */
  async startRuntime(plan: RuntimePlan): Promise<void> {
    const name = runtimeName(plan.runtimeId);
    await this.#podman.remove(name);
    await this.#podman.create({
      name,
      image: this.#images.runtime,
      labels: { "markco.runtime": plan.runtimeId, "markco.project": plan.projectId },
      env: {},
      mounts: [{ source: plan.projectFolder, target: PROJECT_MOUNT }],
      workDir: PROJECT_MOUNT,
      network: "bridge",
      readOnly: false,
      memory: plan.memoryBytes,
      pids: PROCESSES,
    });
    await this.#podman.start(name);
  }

  /** Freezes a running runtime into an archive. It is stopped when this returns. */
  async checkpointRuntime(runtimeId: string, file: string): Promise<void> {
    // Their other ends would wait in the old network for an answer that comes no more.
    for (const connection of this.#connections.get(runtimeId) ?? []) connection.destroy();
    await this.#podman.checkpoint(runtimeName(runtimeId), file);
  }

  /** Brings a runtime back from an archive; whatever was left of an earlier one goes first. */
  async restoreRuntime(runtimeId: string, file: string): Promise<void> {
    await this.#podman.remove(runtimeName(runtimeId));
    await this.#podman.restore(file, runtimeName(runtimeId));
  }

  removeRuntime(runtimeId: string): Promise<void> {
    this.#connections.delete(runtimeId);
    return this.#podman.remove(runtimeName(runtimeId));
  }

  async isRuntimeRunning(runtimeId: string): Promise<boolean> {
    return (await this.#podman.inspect(runtimeName(runtimeId)))?.State.Status === "running";
  }

  /** Why a runtime that should run does not, in words for its author. */
  async whyRuntimeEnded(runtimeId: string): Promise<string> {
    const found = await this.#podman.inspect(runtimeName(runtimeId));
    if (!found) return "its machine was restarted";
    if (found.State.OOMKilled) return "it was out of memory";
    return `its main process ended with status ${found.State.ExitCode}`;
  }

  /** The file that holds all the runtime has said. Throws Fault("unavailable") if there is no such container. */
  async runtimeLog(runtimeId: string): Promise<string> {
    const found = await this.#podman.inspect(runtimeName(runtimeId));
    if (!found) throw new Fault("unavailable", "the runtime is not on this host");
    return found.HostConfig.LogConfig.Path;
  }

  runtimeStdin(runtimeId: string): Promise<Duplex> {
    return this.#podman.attachStdin(runtimeName(runtimeId));
  }

  /**
   * A way to open connections to what listens in the runtime, on its loopback too: each by a small process inside its network
   * namespace, which ends with the connection. Throws Fault("unavailable") if it does not run.
   */
  async dialer(runtimeId: string): Promise<(port: number) => Duplex> {
    const pid = (await this.#podman.inspect(runtimeName(runtimeId)))?.State.Pid ?? 0;
    if (pid === 0) throw new Fault("unavailable", "the runtime does not run");
    return (port) => {
      const connection = dialInside(pid, port);
      const open = this.#connections.get(runtimeId) ?? new Set();
      this.#connections.set(runtimeId, open.add(connection));
      connection.once("close", () => open.delete(connection));
      return connection;
    };
  }

  /** Starts an owner's editor container; whatever was left of an earlier one goes first. */
  async startEditor(plan: EditorPlan): Promise<void> {
    const name = editorName(plan.ownerId);
    await this.#podman.remove(name);
    await this.#podman.create({
      name,
      image: this.#images.editor,
      labels: { "markco.editor": plan.ownerId },
      env: {},
      mounts: [
        { source: plan.userFolder, target: "/data" },
        { source: plan.socketFolder, target: "/run/markco" },
      ],
      workDir: "/",
      network: "none",
      readOnly: true,
      memory: EDITOR_MEMORY_BYTES,
      pids: 128,
    });
    await this.#podman.start(name);
  }

  removeContainer(containerId: string): Promise<void> {
    return this.#podman.remove(containerId);
  }
}

const runtimeName = (runtimeId: string) => `markco-runtime-${runtimeId}`;
const editorName = (ownerId: string) => `markco-editor-${ownerId}`;
