/** What the page says of typing that the server does not take, or not yet: the right to write went, or the connection. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { messageYjsSyncStep2, messageYjsUpdate, writeSyncStep1, writeSyncStep2 } from "y-protocols/sync";
import * as Y from "yjs";
import { MESSAGE, TEXT } from "../../../shared/editor/sync.ts";
import { Connection, type SyncState } from "./connection.ts";

const LINEAGE = "9d1f7f1e-6c55-4e0e-8f4e-0b7d2a6c1e55";

/** The browser's end of a socket whose server is the test. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static readonly made: FakeSocket[] = [];
  readonly readyState = FakeSocket.OPEN;
  readonly sent: Uint8Array[] = [];

  constructor() {
    super();
    FakeSocket.made.push(this);
  }

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  close(code = 1006): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }

  say(kind: number, write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    write(encoder);
    this.dispatchEvent(Object.assign(new Event("message"), { data: encoding.toUint8Array(encoder) }));
  }

  /** Greets, gives what the server has and asks what it has not. */
  greet(server: Y.Doc, canWrite: boolean): void {
    const greeting = JSON.stringify({ lineage: LINEAGE, path: "a.md", canWrite, canRun: true });
    this.say(MESSAGE.greeting, (encoder) => encoding.writeVarString(encoder, greeting));
    this.say(MESSAGE.sync, (encoder) => writeSyncStep2(encoder, server));
    this.say(MESSAGE.sync, (encoder) => writeSyncStep1(encoder, server));
  }

  /** How many messages with changes have been sent. */
  get changes(): number {
    return this.sent.filter((data) => {
      const decoder = decoding.createDecoder(data);
      if (decoding.readVarUint(decoder) !== MESSAGE.sync) return false;
      const type = decoding.readVarUint(decoder);
      return type === messageYjsSyncStep2 || type === messageYjsUpdate;
    }).length;
  }
}

let server: Y.Doc;
let doc: Y.Doc;
let state: SyncState;
let connection: Connection;
const socket = () => FakeSocket.made.at(-1) ?? new FakeSocket();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("window", globalThis);
  server = new Y.Doc();
  server.getText(TEXT).insert(0, "one\n");
  doc = new Y.Doc();
  connection = new Connection(
    doc,
    () => "ws://test",
    (said) => {
      state = said;
    },
    () => {},
    () => {},
  );
  connection.open();
  socket().greet(server, true);
  socket().say(MESSAGE.saved, (encoder) => encoding.writeVarUint(encoder, 1));
});
afterEach(() => {
  connection.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const comeBack = (canWrite: boolean) => {
  vi.advanceTimersByTime(300);
  socket().greet(server, canWrite);
};

test("what was typed while the role was taken away is not called saved, and not sent", () => {
  expect(state).toBe("saved");
  socket().close();
  doc.getText(TEXT).insert(0, "typed ");
  expect([state, connection.unsaved]).toEqual(["offline", true]);
  comeBack(false);
  expect(state).toBe("refused");
  expect(connection.unsaved).toBe(true);
  expect(socket().changes).toBe(0);
});

test("it is saved once the person may write again", () => {
  socket().close();
  doc.getText(TEXT).insert(0, "typed ");
  comeBack(false);
  socket().close();
  comeBack(true);
  expect(socket().changes).toBe(1);
  socket().say(MESSAGE.saved, (encoder) => encoding.writeVarUint(encoder, 1));
  expect([state, connection.unsaved]).toEqual(["saved", false]);
});

test("who had typed nothing is told of nothing", () => {
  socket().close();
  comeBack(false);
  expect([state, connection.unsaved]).toEqual(["saved", false]);
});

test("what is typed into a socket that is closing, before that is said, is not called saved", () => {
  Object.assign(socket(), { readyState: 2 });
  doc.getText(TEXT).insert(0, "typed ");
  expect([state, connection.unsaved]).toEqual(["connecting", true]);
  socket().close();
  comeBack(true);
  socket().say(MESSAGE.saved, (encoder) => encoding.writeVarUint(encoder, 1));
  expect([state, connection.unsaved]).toEqual(["saved", false]);
});
