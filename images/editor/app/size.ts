/** Bytes for a person: `64 MB`, `1.5 GB`. */
export function size(bytes: number): string {
  const mib = bytes / 1024 / 1024;
  return mib < 1000 ? `${Math.round(mib)} MB` : `${(mib / 1024).toFixed(1)} GB`;
}
