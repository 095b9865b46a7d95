/** Pictures that are pasted or dropped into a document: files of the project, named by their content. */

/** PUT /picture: the content types that it takes, and how the file's name then ends. */
export const PICTURES: ReadonlyMap<string, string> = new Map([
  ["image/png", "png"],
  ["image/jpeg", "jpg"],
  ["image/gif", "gif"],
  ["image/webp", "webp"],
  ["image/avif", "avif"],
  ["image/svg+xml", "svg"],
]);
