/** Debian packages that the platform uses on the machine itself; all else comes in the images. */
import { Fault } from "../../../shared/daemon/fault.ts";
import { attempt, run } from "../program.ts";
import { say, step } from "../progress.ts";
import { limited, missing, type Need, ok } from "./need.ts";

interface MachineProgram {
  readonly program: string;
  readonly packages: readonly string[];
  readonly version: readonly string[];
  /** Major and minor. */
  readonly least: readonly [number, number] | null;
  readonly why: string;
  /** Without it the platform runs all the same. */
  readonly optional: boolean;
}

const PROGRAMS: readonly MachineProgram[] = [
  {
    program: "podman",
    packages: ["podman"],
    version: ["--version"],
    least: [4, 3],
    why: "runs the base server",
    optional: false,
  },
  {
    program: "runc",
    packages: ["runc"],
    version: ["--version"],
    least: null,
    why: "Podman's OCI runtime here",
    optional: false,
  },
  {
    program: "catatonit",
    packages: ["catatonit"],
    version: ["--version"],
    least: null,
    why: "the first process of containers started with --init; Podman only recommends it",
    optional: false,
  },
  {
    program: "iptables",
    packages: ["iptables"],
    version: ["--version"],
    least: null,
    why: "Podman's bridge network",
    optional: false,
  },
  {
    program: "mmdebstrap",
    packages: ["mmdebstrap"],
    version: ["--version"],
    least: null,
    why: "builds the images' root file systems",
    optional: false,
  },
  {
    program: "pip3",
    packages: ["python3", "python3-pip"],
    version: ["--version"],
    least: null,
    why: "fetches programs for the images that Debian does not have",
    optional: false,
  },
  {
    program: "chromium-headless-shell",
    packages: ["chromium-headless-shell", "fonts-liberation"],
    version: ["--version", "--no-sandbox"],
    least: null,
    why: "only the browser tests use it",
    optional: true,
  },
  {
    program: "tc",
    packages: ["iproute2"],
    version: ["-V"],
    least: null,
    why: "only tests use it, for networks that are slow",
    optional: true,
  },
];

/** State of each program, for `doctor`. */
export function inspectPrograms(): Promise<Need[]> {
  return Promise.all(PROGRAMS.map(inspect));
}

/** Installs what is missing with apt. Throws Fault("unavailable") if it can't. */
export async function ensurePrograms(wanted: "platform" | "tests"): Promise<void> {
  const programs = PROGRAMS.filter(({ optional }) => wanted === "tests" || !optional);
  const states = await Promise.all(programs.map(inspect));
  const packages = programs
    .filter((_, index) => states[index]?.version === null)
    .flatMap((program) => program.packages);
  if (packages.length > 0) await install(packages);
  const old = states.find(({ state, version }) => state === "missing" && version !== null);
  if (old) throw new Fault("unavailable", `${old.name} ${old.version}: ${old.note}`);
}

async function install(packages: readonly string[]): Promise<void> {
  const apt = await attempt("apt-get", ["--version"]);
  if (apt.status !== 0) {
    throw new Fault(
      "unavailable",
      `missing on this machine: ${packages.join(", ")}; there is no apt-get to install them with`,
    );
  }
  say(`installing ${packages.join(", ")} with apt-get`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const options = ["install", "--yes", "--no-install-recommends", ...packages];
  await step("installing packages", async ({ detail }) => {
    const first = await attempt("apt-get", options, { env });
    if (first.status === 0) return;
    detail("the package lists are old; updating them");
    await run("apt-get", ["update"], { env });
    await run("apt-get", options, { env });
  });
}

async function inspect({ program, version, least, why, optional }: MachineProgram): Promise<Need> {
  const { status, stdout } = await attempt(program, version);
  if (status !== 0) {
    const note = `${why}; apt-get install ${program}`;
    return optional ? limited(program, null, note) : missing(program, note);
  }
  const [, found = "", major = "0", minor = "0"] = /((\d+)\.(\d+)[\w.+~-]*)/.exec(stdout) ?? [];
  if (least && (Number(major) < least[0] || (Number(major) === least[0] && Number(minor) < least[1]))) {
    return { name: program, state: "missing", version: found, note: `${why}; at least ${least.join(".")} is needed` };
  }
  return ok(program, found);
}
