/** A base image: a root file system of Debian testing with the packages that images/<name>/packages.txt lists. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../../shared/daemon/fault.ts";
import { CACHE, REPOSITORY } from "../folders.ts";
import { run } from "../program.ts";
import type { Step } from "../progress.ts";
import type { ImageName } from "./context.ts";
import { chooseLanguages, packagesIn } from "./languages.ts";
import { archiveOfTar } from "./oci-archive.ts";

/** The first Debian with a CRIU that works on today's kernels (4.2) and a Podman whose restore can drop connections. */
const SUITE = "testing";

/** All times in images: what is built twice from the same packages is the same to the bit. */
export const IMAGE_EPOCH_S = 1_767_225_600;

const OPTIONS = [
  "--variant=minbase",
  "--mode=root",
  "--aptopt=Acquire::Languages none",
  // A machine whose clock or mirror is behind still builds; signatures are checked all the same.
  "--aptopt=Acquire::Check-Valid-Until false",
  ...["doc", "man", "locale", "info"].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
];

/**
 * What package scripts write that differs from build to build (logs, caches, a machine's identity) or that would be a
 * secret shared by all machines (PostgreSQL's ready-made cluster and self-signed key).
 */
const VOLATILE = [
  "/var/log/*",
  "/var/cache/*",
  "/var/lib/systemd",
  "/etc/machine-id",
  "/etc/hostname",
  "/etc/resolv.conf",
  "/var/lib/postgresql/*",
  "/etc/postgresql/*",
  "/etc/ssl/private/*",
];

const FINISH = [
  `rm -rf ${VOLATILE.map((path) => `"$1"${path}`).join(" ")}`,
  // The certificate of that key, and the link that its hash names.
  'find "$1/etc/ssl/certs" "(" -name "ssl-cert-snakeoil*" -o -lname "*ssl-cert-snakeoil*" ")" -delete',
];

export interface Base {
  readonly packages: readonly string[];
  /** Run in this order on the finished root file system, which is `$1`. */
  readonly hooks: readonly string[];
  /** Same key, same inputs. */
  readonly key: string;
}

/** Throws Fault("invalid") if `environment` asks for a language that can't be had (languages.ts). */
export async function describeBase(name: ImageName, environment = process.env): Promise<Base> {
  const list = await readFile(join(REPOSITORY, "images", name, "packages.txt"), "utf8");
  const { languages, julia } = chooseLanguages(environment);
  const packages = packagesIn(list, languages);
  const withJulia = name === "runtime" ? julia : null;
  const hooks = withJulia
    ? [`cp -a "${withJulia.folder}" "$1/opt/julia"`, 'ln -s /opt/julia/bin/julia "$1/usr/bin/julia"', ...FINISH]
    : FINISH;
  const built = withJulia ? [withJulia.built] : [];
  const inputs = JSON.stringify([SUITE, process.arch, IMAGE_EPOCH_S, OPTIONS, hooks, packages, ...built]);
  return { packages, hooks, key: createHash("sha256").update(inputs).digest("hex").slice(0, 16) };
}

/**
 * Builds the base and hands an archive of it to `use`; the archive is gone afterwards, downloaded packages stay.
 * @param tag the image's full name
 */
export async function withBase(
  name: ImageName,
  base: Base,
  tag: string,
  step: Step,
  use: (archive: string) => Promise<void>,
): Promise<void> {
  const downloads = join(CACHE, "apt", name);
  await mkdir(downloads, { recursive: true });
  await mkdir(join(CACHE, "bases"), { recursive: true });
  // A folder of its own each time: a build that lost its parent may still be writing to the last one.
  const folder = await mkdtemp(join(CACHE, "bases", `${name}-`));
  try {
    const tar = join(folder, "root.tar");
    await run(
      "mmdebstrap",
      [
        ...OPTIONS,
        `--include=${base.packages.join(",")}`,
        "--skip=download/empty",
        `--setup-hook=mkdir -p "$1/var/cache/apt/archives"`,
        `--setup-hook=cp -a "${downloads}/." "$1/var/cache/apt/archives/"`,
        `--customize-hook=cp -au "$1"/var/cache/apt/archives/*.deb "${downloads}/"`,
        ...base.hooks.map((command) => `--customize-hook=${command}`),
        SUITE,
        tar,
        await mirror(),
      ],
      {
        env: { SOURCE_DATE_EPOCH: String(IMAGE_EPOCH_S) },
        onLine: (line) => {
          const stage = /^I: (.+?)\.*$/.exec(line)?.[1];
          if (stage) step.detail(stage);
        },
      },
    );
    const archive = join(folder, "image.tar");
    await archiveOfTar(tar, archive, tag, IMAGE_EPOCH_S);
    await use(archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The Debian archive that this machine itself installs from. Throws Fault("unavailable") if it has none. */
async function mirror(): Promise<string> {
  const targets = await run("apt-get", ["indextargets", "--format", "$(ORIGIN) $(LABEL) $(BASE_URI)"]);
  for (const line of targets.split("\n")) {
    const base = /^Debian Debian (\S+?)\/dists\/\S+$/.exec(line.trim())?.[1];
    if (base) return base;
  }
  throw new Fault("unavailable", "apt's sources name no Debian archive to build the images from (try: apt-get update)");
}
