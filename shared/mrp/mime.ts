/** MIME bundles of displays and results. */

/** What stands for a bundle where there is only text. */
export function plainText(data: Readonly<Record<string, unknown>>): string {
  const plain = data["text/plain"];
  if (typeof plain === "string") return plain;
  if (Array.isArray(plain)) return plain.join("");
  return `<${Object.keys(data)[0] ?? "nothing"}>`;
}
