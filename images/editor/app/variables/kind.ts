/** What a variable is and how large, in a few words: `DataFrame · 300 × 4 · 9.4 KB`. */
import type { Variable } from "../../../../shared/mrp/introspection.ts";

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

export function kindOf({ type, dtype, shape, length, size }: Variable): string {
  const extent = shape && shape.length > 0 ? dimensions(shape) : length === null ? null : `${number(length)} long`;
  const ofWhat = shape !== null && dtype !== null && dtype !== type ? ` of ${dtype}` : "";
  const parts = [`${type}${ofWhat}`, extent, size === null ? null : bytes(size)];
  return parts.filter((part) => part !== null).join(" · ");
}

export const dimensions = (shape: readonly number[]) => shape.map(number).join(" × ");

export const number = (count: number) => count.toLocaleString("en");

function bytes(count: number): string {
  let [value, unit] = [count, 0];
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
