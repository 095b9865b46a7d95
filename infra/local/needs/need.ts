/** One thing that the machine must or should have. */
export interface Need {
  readonly name: string;
  /** `ok`; `missing` stops the platform; `limited` runs with what `note` says. */
  readonly state: "ok" | "missing" | "limited";
  readonly version: string | null;
  /** What its absence limits, or how to get it. */
  readonly note: string | null;
}

export const ok = (name: string, version: string | null = null): Need => ({ name, state: "ok", version, note: null });

export const missing = (name: string, note: string): Need => ({ name, state: "missing", version: null, note });

export const limited = (name: string, version: string | null, note: string): Need => ({
  name,
  state: "limited",
  version,
  note,
});
