/** What the host image's CRIU can do on this kernel, asked of CRIU itself. */
import { imageTag } from "../images/image.ts";
import { podmanAttempt } from "../podman.ts";
import { limited, missing, type Need, ok } from "./need.ts";

const FEATURES = [
  { feature: "uffd-noncoop", name: "CRIU lazy pages", note: "a move copies all memory before it resumes" },
  { feature: "mem_dirty_track", name: "soft-dirty tracking", note: "no pre-copy rounds before a move" },
  { feature: "pidfd_store", name: "CRIU pidfd store", note: "no check that a page server's peer is still the same" },
] as const;

export async function inspectCriu(): Promise<Need[]> {
  const script = `criu --version; ${FEATURES.map(({ feature }) => `criu check --feature ${feature} >/dev/null 2>&1 && echo ${feature}`).join("; ")}; true`;
  const { status, stdout } = await podmanAttempt([
    ...["run", "--rm", "--privileged", "--cgroupns", "private", "--network", "none", "--pull", "never"],
    ...["--ulimit", "nofile=1024:20000", "--ulimit", "nproc=4096:4096"],
    ...[imageTag("host"), "sh", "-c", script],
  ]);
  if (status !== 0) return [limited("CRIU", null, "comes with the host image, which npm start builds")];
  const version = /Version: (\S+)/.exec(stdout)?.[1];
  if (!version) return [missing("CRIU", "the host image has none: remove .markco/images and start again")];
  const has = stdout.split("\n");
  return [
    ok("CRIU", version),
    ...FEATURES.map(({ feature, name, note }) => (has.includes(feature) ? ok(name) : limited(name, null, note))),
  ];
}
