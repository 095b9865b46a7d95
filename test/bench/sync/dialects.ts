/** The three framings around y-protocols/sync. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from "y-protocols/sync";
import { MESSAGE } from "../../../shared/editor/sync.ts";
import type { Dialect, Heard } from "./contender.ts";

export const MARKCO: Dialect = {
  acknowledges: true,
  stillHere: null,
  hello: (vector) => [sync(null, messageYjsSyncStep1, vector)],
  update: (update) => sync(null, messageYjsUpdate, update),
  read(message) {
    const decoder = decoding.createDecoder(message);
    const kind = decoding.readVarUint(decoder);
    if (kind === MESSAGE.saved) return { kind: "saved", total: decoding.readVarUint(decoder) };
    return kind === MESSAGE.sync ? readSync(decoder) : null;
  },
};

export const Y_WEBSOCKET: Dialect = {
  acknowledges: false,
  stillHere: null,
  hello: MARKCO.hello,
  update: MARKCO.update,
  read(message) {
    const decoder = decoding.createDecoder(message);
    return decoding.readVarUint(decoder) === 0 ? readSync(decoder) : null;
  },
};

const HOCUSPOCUS = { sync: 0, awareness: 1, auth: 2, syncReply: 4, syncStatus: 8 };

/** Each of its messages begins with the document's name. */
export function hocuspocus(document: string): Dialect {
  const authentication = encoding.createEncoder();
  encoding.writeVarString(authentication, document);
  encoding.writeVarUint(authentication, HOCUSPOCUS.auth);
  encoding.writeVarUint(authentication, 0);
  encoding.writeVarString(authentication, "");
  const nobody = encoding.createEncoder();
  encoding.writeVarString(nobody, document);
  encoding.writeVarUint(nobody, HOCUSPOCUS.awareness);
  encoding.writeVarUint8Array(nobody, new Uint8Array([0]));
  return {
    acknowledges: true,
    stillHere: encoding.toUint8Array(nobody),
    hello: (vector) => [encoding.toUint8Array(authentication), sync(document, messageYjsSyncStep1, vector)],
    update: (update) => sync(document, messageYjsUpdate, update),
    read(message) {
      const decoder = decoding.createDecoder(message);
      decoding.readVarString(decoder);
      const kind = decoding.readVarUint(decoder);
      if (kind === HOCUSPOCUS.syncStatus) return { kind: "saved", total: null };
      return kind === HOCUSPOCUS.sync || kind === HOCUSPOCUS.syncReply ? readSync(decoder) : null;
    },
  };
}

function sync(document: string | null, kind: number, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  if (document !== null) encoding.writeVarString(encoder, document);
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}

function readSync(decoder: decoding.Decoder): Heard | null {
  const kind = decoding.readVarUint(decoder);
  if (kind === messageYjsSyncStep1) return null;
  const update = decoding.readVarUint8Array(decoder);
  return { kind: kind === messageYjsSyncStep2 ? "state" : "update", update };
}
