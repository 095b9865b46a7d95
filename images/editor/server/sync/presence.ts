/** Who is here: what a connection says of itself, with the name that the server knows it by. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as z from "zod";
import type { Actor } from "../../../../shared/daemon/actor.ts";

/** Cursor and selection as y-codemirror.next writes them; anything else is dropped. */
const State = z
  .object({ cursor: z.object({ anchor: z.unknown(), head: z.unknown() }).nullable().optional() })
  .nullable();
const MAX_STATE_CHARS = 2_000;

/**
 * The awareness update with the one client's state alone, under the actor's name and colour; null if there is none.
 * Throws an Error if the bytes are no awareness update.
 */
export function signPresence(update: Uint8Array, clientId: number, actor: Actor): Uint8Array | null {
  const decoder = decoding.createDecoder(update);
  const encoder = encoding.createEncoder();
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const text = decoding.readVarString(decoder);
    // A client also repeats what it heard of others: they speak for themselves.
    if (client !== clientId || text.length > MAX_STATE_CHARS) continue;
    const state = State.parse(JSON.parse(text));
    const { color, colorLight } = colorsOf(actor.userId);
    const signed = state && { ...state, user: { name: actor.name, handle: actor.handle, color, colorLight } };
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(signed));
    return encoding.toUint8Array(encoder);
  }
  return null;
}

/** The client that an update speaks for first: on a new connection, its own. */
export function speakerOf(update: Uint8Array): number | null {
  const decoder = decoding.createDecoder(update);
  return decoding.readVarUint(decoder) === 0 ? null : decoding.readVarUint(decoder);
}

/** The same person has the same colour everywhere. */
function colorsOf(userId: string): { color: string; colorLight: string } {
  const hue = (Number.parseInt(userId.slice(0, 6), 16) * 47) % 360;
  return { color: `hsl(${hue} 65% 42%)`, colorLight: `hsl(${hue} 65% 50% / 0.25)` };
}
