/**
 * The languages that get colours, one table for pages and editor. A new one is a line here. Grammars are for what
 * documents are full of: each costs the worker 5 to 30 KB compressed and time at its start, a stream mode 1 to 6.
 */
import { c, cpp, csharp, java, kotlin, scala } from "@codemirror/legacy-modes/mode/clike";
import { diff } from "@codemirror/legacy-modes/mode/diff";
import { dockerFile } from "@codemirror/legacy-modes/mode/dockerfile";
import { fortran } from "@codemirror/legacy-modes/mode/fortran";
import { go } from "@codemirror/legacy-modes/mode/go";
import { julia } from "@codemirror/legacy-modes/mode/julia";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { octave } from "@codemirror/legacy-modes/mode/octave";
import { properties } from "@codemirror/legacy-modes/mode/properties";
import { r } from "@codemirror/legacy-modes/mode/r";
import { ruby } from "@codemirror/legacy-modes/mode/ruby";
import { rust } from "@codemirror/legacy-modes/mode/rust";
import { shell } from "@codemirror/legacy-modes/mode/shell";
import { standardSQL } from "@codemirror/legacy-modes/mode/sql";
import { stex } from "@codemirror/legacy-modes/mode/stex";
import { toml } from "@codemirror/legacy-modes/mode/toml";
import type { StreamParser } from "@codemirror/streamparser";
import type { Parser } from "@lezer/common";
import { parser as css } from "@lezer/css";
import { configureNesting, parser as htmlOnly } from "@lezer/html";
import { parser as javascript } from "@lezer/javascript";
import { parser as json } from "@lezer/json";
import { parser as markdown } from "@lezer/markdown";
import { parser as python } from "@lezer/python";
import { parser as yaml } from "@lezer/yaml";

/** A grammar, or a mode where no grammar exists (in the editor: `StreamLanguage.define(language.stream)`). */
export type Language = { readonly grammar: Parser } | { readonly stream: StreamParser<unknown> };

/** The language for the first word of an info string, or null. */
export function findLanguage(name: string): Language | null {
  return BY_NAME.get(name.toLowerCase()) ?? null;
}

const html = htmlOnly.configure({
  wrap: configureNesting([
    { tag: "script", parser: javascript },
    { tag: "style", parser: css },
  ]),
});

const LANGUAGES: readonly (readonly [names: string, Language])[] = [
  ["python py ipython ipython3 python3", { grammar: python }],
  ["r rscript", { stream: r }],
  ["julia jl", { stream: julia }],
  ["bash sh shell zsh console shell-session", { stream: shell }],
  ["javascript js node mjs cjs", { grammar: javascript }],
  ["jsx", { grammar: javascript.configure({ dialect: "jsx" }) }],
  ["typescript ts", { grammar: javascript.configure({ dialect: "ts" }) }],
  ["tsx", { grammar: javascript.configure({ dialect: "jsx ts" }) }],
  ["html xml svg", { grammar: html }],
  ["css", { grammar: css }],
  ["sql", { stream: standardSQL }],
  ["json jsonc", { grammar: json }],
  ["yaml yml", { grammar: yaml }],
  ["toml", { stream: toml }],
  ["markdown md", { grammar: markdown }],
  ["rust rs", { stream: rust }],
  ["c h", { stream: c }],
  ["cpp c++ hpp cuda", { stream: cpp }],
  ["java", { stream: java }],
  ["kotlin kt", { stream: kotlin }],
  ["scala", { stream: scala }],
  ["csharp cs c#", { stream: csharp }],
  ["go golang", { stream: go }],
  ["matlab octave", { stream: octave }],
  ["fortran f90", { stream: fortran }],
  ["ruby rb", { stream: ruby }],
  ["lua", { stream: lua }],
  ["ini properties env conf", { stream: properties }],
  ["latex tex bibtex", { stream: stex }],
  ["dockerfile docker containerfile", { stream: dockerFile }],
  ["diff patch", { stream: diff }],
];

const BY_NAME = new Map(
  LANGUAGES.flatMap(([names, language]) => names.split(" ").map((name) => [name, language] as const)),
);
