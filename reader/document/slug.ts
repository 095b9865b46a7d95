/** Ids of headings, as GitHub makes them, so that links written for GitHub hold here. */

/** `Größe & "Form"` → `größe--form`. A slug is its own slug. */
export function slugOf(text: string): string {
  if (ASCII.test(text))
    return text
      .trim()
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");
  return text
    .trim()
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** For most headings; Unicode's classes of characters take ten times as long. */
const ASCII = /^[\0-\x7f]*$/;

/** Gives out ids that are unique in their document. Page furniture uses ids with a colon, which no slug has. */
export class Slugs {
  readonly #taken = new Map<string, number>();

  claim(text: string): string {
    const slug = slugOf(text) || "section";
    let count = this.#taken.get(slug);
    let id = slug;
    while (count !== undefined && this.#taken.has(id)) id = `${slug}-${++count}`;
    this.#taken.set(slug, count ?? 0);
    if (id !== slug) this.#taken.set(id, 0);
    return id;
  }
}
