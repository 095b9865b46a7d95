/** How much one search shows, and one replacement changes. Without schemas: the process that searches loads nothing else. */

/** Matches of one document that are shown, and of all; documents and places that are replaced in at once. */
export const SEARCH_LIMITS = { shownOfOne: 100, shown: 2_000, documents: 200, places: 10_000 } as const;
