/** Who has which documents open, as their connections say (presence.ts). */
import type { PeopleList } from "../../../../shared/editor/people.ts";
import type { LiveDocument } from "../document/document.ts";

export function peopleIn(documents: readonly LiveDocument[]): PeopleList {
  const people = documents.flatMap(({ id, awareness }) => {
    const here = new Map<string, PeopleList["people"][number]>();
    for (const { user } of awareness.getStates().values()) {
      // Somebody with two windows is there once.
      if (user) here.set(user.handle, { path: id.path, handle: user.handle, name: user.name, color: user.color });
    }
    return [...here.values()];
  });
  return { people };
}
