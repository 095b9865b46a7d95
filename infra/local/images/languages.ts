/** Which languages the runtime image is built with: the build's arguments, given by environment. */
import { existsSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { Fault } from "../../../shared/daemon/fault.ts";
import { LANGUAGES, type Language } from "../../../shared/mrp/mrp.ts";

export interface LanguageChoice {
  readonly languages: readonly Language[];
  /** Folder of an unpacked Julia release, which no Debian package has; null without Julia. */
  readonly julia: { readonly folder: string; readonly built: number } | null;
}

/**
 * `MARKCO_LANGUAGES` is a list like `python,r`; without it there are all that Debian has. `MARKCO_JULIA` adds Julia from that
 * folder. Throws Fault("invalid").
 */
export function chooseLanguages(environment: NodeJS.ProcessEnv): LanguageChoice {
  const wanted = environment.MARKCO_LANGUAGES?.split(",").map((word) => word.trim());
  const known = LANGUAGES.filter((language) => language !== "julia");
  const unknown = wanted?.find((word) => !known.some((language) => language === word));
  if (unknown !== undefined) {
    const hint = unknown === "julia" ? "; Julia is added by MARKCO_JULIA, a folder with its release" : "";
    throw new Fault("invalid", `MARKCO_LANGUAGES: "${unknown}" is none of ${known.join(", ")}${hint}`);
  }
  return {
    languages: known.filter((language) => wanted?.includes(language) ?? true),
    julia: environment.MARKCO_JULIA ? juliaIn(environment.MARKCO_JULIA) : null,
  };
}

function juliaIn(folder: string) {
  if (!isAbsolute(folder) || !existsSync(join(folder, "bin", "julia")))
    throw new Fault("invalid", `MARKCO_JULIA: ${folder} is no absolute path of an unpacked release with bin/julia`);
  return { folder, built: statSync(join(folder, "bin", "julia")).mtimeMs };
}

/** The packages of a list (images/<name>/packages.txt), without those of languages that were not chosen. Sorted. */
export function packagesIn(list: string, languages: readonly Language[]): string[] {
  const packages: string[] = [];
  let isChosen = true;
  for (const line of list.split("\n").map((text) => text.replace(/#.*/, "").trim())) {
    const heading = /^\[(.+)\]$/.exec(line)?.[1];
    if (heading !== undefined) isChosen = languages.some((language) => language === heading);
    else if (line !== "" && isChosen) packages.push(line);
  }
  return packages.sort();
}
