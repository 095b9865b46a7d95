/** Bytes for a person: `12 KB`, `64 MB`, `1.5 GB`. */
export function size(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KB`;
  const mib = bytes / 1024 / 1024;
  return mib < 1000 ? `${Math.round(mib)} MB` : `${(mib / 1024).toFixed(1)} GB`;
}
