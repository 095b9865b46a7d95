/**
 * What a container has written outside of its mounts: the upper folder of its overlay. It is handed over in two parts, nearly
 * all of it while the container still runs, and what has changed since while it is frozen.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import * as z from "zod";
import { Fault, parseJson } from "../../shared/daemon/fault.ts";

const run = promisify(execFile);
const MAX_LIST_BYTES = 256 * 1024 * 1024;
/** Overlay notes in these attributes what the lower folders have and the container has not. */
const OVERLAY = ["--xattrs", "--xattrs-include=trusted.overlay.*"];

/** Paths are relative to the upper folder. */
export const Changes = z.object({ changed: z.array(z.string()), gone: z.array(z.string()) });
type Changes = z.infer<typeof Changes>;
const Baseline = z.object({ atMs: z.number(), paths: z.array(z.string()) });

/** Writes down what is there now, for `changesSince`. */
export async function noteFiles(folder: string, note: string): Promise<void> {
  const atMs = Date.now();
  const paths = (await list(folder)).map(({ path }) => path);
  await writeFile(note, JSON.stringify({ atMs, paths }));
}

/** All of it, as a tar. What it finds is noted first. */
export async function readAll(upper: string, note: string): Promise<Readable> {
  await noteFiles(upper, note);
  return tarOf(["-C", upper, ...OVERLAY, "--sparse", "-cf", "-", "."]);
}

/** Into the upper folder of a container that has not been started. */
export function writeAll(upper: string, content: Readable): Promise<void> {
  return untar(["-C", upper, ...OVERLAY, "-xpf", "-"], content);
}

export async function changesSince(upper: string, note: string): Promise<Changes> {
  const [{ atMs, paths }, now] = await Promise.all([
    readFile(note, "utf8").then((text) => parseJson(Baseline, text, note)),
    list(upper),
  ]);
  const there = new Set(now.map(({ path }) => path));
  const touched = now.filter(({ changedMs }) => changedMs >= atMs - CLOCK_MS);
  return {
    changed: touched.filter(({ type }) => type !== WHITEOUT).map(({ path }) => path),
    gone: [...paths.filter((path) => !there.has(path)), ...touched.filter(isWhiteout).map(({ path }) => path)],
  };
}

/** Writes what has changed into a tar. */
export async function pack(upper: string, { changed }: Changes, file: string): Promise<void> {
  await writeFile(`${file}.list`, changed.join("\0"));
  await run("tar", ["-C", upper, "--sparse", "--no-recursion", "--null", "-T", `${file}.list`, "-cf", file]);
  await rm(`${file}.list`);
}

/** Brings a copy of a folder, made after `note` was, up to date. */
export async function bringUpToDate(from: string, to: string, note: string): Promise<void> {
  const changes = await changesSince(from, note);
  await pack(from, changes, `${note}.tar`);
  await unpack(to, `${note}.tar`, changes);
  await rm(`${note}.tar`);
}

/** @param merged the container's root as it sees it: its overlay is mounted by now */
export async function unpack(merged: string, file: string, { gone }: Changes): Promise<void> {
  for (const path of gone) await rm(join(merged, path), { recursive: true, force: true });
  await run("tar", ["-C", merged, "-xpf", file]);
}

/** A folder with all that is in it, as a tar. */
export async function packFolder(folder: string, file: string): Promise<void> {
  await run("tar", ["-C", folder, "--sparse", "-cf", file, "."]);
}

export async function unpackFolder(folder: string, file: string): Promise<void> {
  await run("tar", ["-C", folder, "-xpf", file]);
}

export function tarOf(args: readonly string[]): Readable {
  const tar = spawn("tar", args, { stdio: ["ignore", "pipe", "ignore"] });
  tar.once("error", (error) => tar.stdout.destroy(error));
  tar.once("close", (status) => {
    // 1: a file changed while it was read. What has changed is sent again.
    if (status !== 0 && status !== 1) tar.stdout.destroy(new Fault("unavailable", `tar ended with status ${status}`));
  });
  return tar.stdout;
}

/** Writes what comes into a file. */
export async function save(content: Readable, file: string): Promise<void> {
  await pipeline(content, createWriteStream(file, { mode: 0o600 }));
}

export async function untar(args: readonly string[], content: Readable): Promise<void> {
  // It must read to the end: at the mark that it usually ends at, what is still to come would have nowhere to go.
  const tar = spawn("tar", ["--ignore-zeros", ...args], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(tar, "close");
  await pipeline(content, tar.stdin);
  const [status] = await ended;
  if (status !== 0) throw new Fault("unavailable", `what came can't be unpacked: tar ended with status ${status}`);
}

/** Of a file's time of change, against the clock. */
const CLOCK_MS = 20;
/** CRIU makes it in a container that it freezes, and removes it. */
const CRIUS = /^(tmp\/)?cr-tmpfs\.\w{6}$/;
const WHITEOUT = "c";
const isWhiteout = ({ type }: Entry) => type === WHITEOUT;

interface Entry {
  readonly path: string;
  readonly type: string;
  readonly changedMs: number;
}

async function list(upper: string): Promise<Entry[]> {
  const { stdout } = await run("find", [upper, "-mindepth", "1", "-printf", "%C@ %y %P\\0"], {
    maxBuffer: MAX_LIST_BYTES,
  });
  return stdout
    .split("\0")
    .slice(0, -1)
    .map((line) => {
      const [at = "", type = ""] = line.split(" ", 2);
      return { changedMs: Number(at) * 1000, type, path: line.slice(at.length + type.length + 2) };
    })
    .filter(({ path }) => !CRIUS.test(path));
}
