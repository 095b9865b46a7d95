/**
 * Who may speak as a host, and how a host knows the daemon: a certificate authority of this installation alone. Its key never
 * leaves the base server, a host's key never leaves the host. OpenSSL does it: it is on every machine, and nobody has to trust
 * ours.
 */
import { execFile } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Fault } from "../../shared/daemon/fault.ts";

/** The name in the daemon's certificate, whatever its address is. A host's certificate carries its id. */
export const DAEMON_NAME = "markco-daemon";
const AUTHORITY_DAYS = 3650;
const HOST_DAYS = 365;
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

const run = promisify(execFile);
const openssl = (...args: string[]) => run("openssl", args);

export class Authority {
  readonly #folder: string;
  /** PEM. */
  readonly certificate: string;
  /** The daemon's own key and certificate, PEM, one behind the other. The share of files shows them, too. */
  readonly daemon: string;

  /** Sets this installation apart from all others: 16 hexadecimal digits. */
  get installation(): string {
    return new X509Certificate(this.certificate).fingerprint256.replaceAll(":", "").slice(0, 16).toLowerCase();
  }

  private constructor(folder: string, certificate: string, daemon: string) {
    this.#folder = folder;
    this.certificate = certificate;
    this.daemon = daemon;
  }

  /** Opens the authority in `folder`, which is made, for root alone, if it is not there. */
  static async open(folder: string): Promise<Authority> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const read = (name: string) => readFile(join(folder, name), "utf8").catch(() => null);
    // Last written, so that a crash in between begins anew.
    if ((await read("daemon.pem")) === null) await make(folder);
    const [certificate, daemon] = await Promise.all(["ca.crt", "daemon.pem"].map(read));
    if (!certificate || !daemon) throw new Error(`the certificate authority in ${folder} is not whole`);
    return new Authority(folder, certificate, daemon);
  }

  /** Signs a host's request (PKCS #10, PEM): the certificate carries the host's id as its name. Throws Fault("invalid"). */
  async sign(request: string, hostId: string): Promise<{ certificate: string; fingerprint: string }> {
    const work = await mkdtemp(join(tmpdir(), "host-"));
    try {
      await writeFile(join(work, "host.csr"), request);
      await signed(this.#folder, join(work, "host.csr"), join(work, "host.crt"), HOST_DAYS, [
        "-subj",
        `/CN=${hostId}`,
      ]).catch(() => {
        throw new Fault("invalid", "that is no certificate request");
      });
      const certificate = await readFile(join(work, "host.crt"), "utf8");
      return { certificate, fingerprint: keyFingerprint(new X509Certificate(certificate)) };
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}

/** What a host is known by: its key, whichever certificate it shows for it. SHA-256 in hex. */
export function keyFingerprint({ publicKey }: X509Certificate): string {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** A new key and the request to have it signed, both PEM. For a host. */
export async function makeKey(): Promise<{ key: string; request: string }> {
  const work = await mkdtemp(join(tmpdir(), "key-"));
  try {
    const [key, request] = [join(work, "key"), join(work, "csr")];
    await openssl("req", "-new", ...KEY, "-subj", "/CN=markco-host", "-keyout", key, "-out", request);
    return { key: await readFile(key, "utf8"), request: await readFile(request, "utf8") };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A key and its own certificate, PEM, one behind the other: whoever has it, and nobody else, can speak to another who has it. */
export async function makeSharedKey(): Promise<string> {
  const { stdout } = await openssl(
    ...["req", "-x509", ...KEY, "-subj", "/CN=markco-handover", "-days", "2", "-keyout", "-", "-out", "-"],
  );
  return stdout;
}

async function make(folder: string): Promise<void> {
  const at = (name: string) => join(folder, name);
  await openssl(
    ...["req", "-x509", ...KEY, "-subj", "/CN=markco", "-days", String(AUTHORITY_DAYS)],
    ...["-keyout", at("ca.key"), "-out", at("ca.crt")],
  );
  await openssl(
    ...["req", "-new", ...KEY, "-subj", `/CN=${DAEMON_NAME}`],
    ...["-keyout", at("daemon.key"), "-out", at("daemon.csr")],
  );
  await writeFile(at("daemon.ext"), `subjectAltName=DNS:${DAEMON_NAME}\n`);
  await signed(folder, at("daemon.csr"), at("daemon.signed"), AUTHORITY_DAYS, ["-extfile", at("daemon.ext")]);
  const pem = (await readFile(at("daemon.key"), "utf8")) + (await readFile(at("daemon.signed"), "utf8"));
  await writeFile(at("daemon.pem.new"), pem, { mode: 0o600 });
  await rename(at("daemon.pem.new"), at("daemon.pem"));
}

/** Without an extension file nothing of what the request asks for is granted but its key. */
function signed(authority: string, request: string, certificate: string, days: number, more: readonly string[]) {
  const by = ["-CA", join(authority, "ca.crt"), "-CAkey", join(authority, "ca.key"), "-CAcreateserial"];
  return openssl("x509", "-req", "-in", request, "-out", certificate, ...by, "-days", String(days), ...more);
}
