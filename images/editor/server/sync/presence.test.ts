import { expect, test } from "vitest";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Actor } from "../../../../shared/daemon/actor.ts";
import { signPresence, speakerOf } from "./presence.ts";

const eve: Actor = { userId: "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55", handle: "eve", name: "Eve", role: "viewer" };

function speaking(state: Record<string, unknown>): Awareness {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(state);
  return awareness;
}

function heard(update: Uint8Array | null): unknown[] {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(null);
  if (update) applyAwarenessUpdate(awareness, update, null);
  const states = [...awareness.getStates().values()];
  awareness.destroy();
  return states;
}

test("whoever somebody says that they are, they appear under their own name", () => {
  const awareness = speaking({ user: { name: "Ann", color: "url(x)" }, cursor: { anchor: 1, head: 2 }, more: "x" });
  const update = encodeAwarenessUpdate(awareness, [awareness.clientID]);
  expect(speakerOf(update)).toBe(awareness.clientID);
  expect(heard(signPresence(update, awareness.clientID, eve))).toEqual([
    {
      cursor: { anchor: 1, head: 2 },
      user: {
        name: "Eve",
        handle: "eve",
        color: expect.stringMatching(/^hsl/),
        colorLight: expect.stringMatching(/^hsl/),
      },
    },
  ]);
  awareness.destroy();
});

test("nobody speaks for another client", () => {
  const awareness = speaking({ cursor: null });
  const update = encodeAwarenessUpdate(awareness, [awareness.clientID]);
  expect(signPresence(update, awareness.clientID + 1, eve)).toBeNull();
  awareness.destroy();
});
