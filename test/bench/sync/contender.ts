/** A sync server, as the benchmark uses it. */
export interface Contender {
  readonly name: string;
  /** Starts the server on what its folder holds; resolves once it answers. */
  start(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  readonly pid: number;
  /** Makes a document that holds `text`, with the server running. */
  create(document: string, text: string): Promise<void>;
  /** Where a client connects to, and what it says there. */
  door(document: string): Door;
}

export interface Door {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly dialect: Dialect;
}

/** How a server frames the messages of y-protocols. */
export interface Dialect {
  /** Whether the server tells what it has taken over; without it nobody knows. */
  readonly acknowledges: boolean;
  /** What a client says first. `vector` is the state that it holds. */
  hello(vector: Uint8Array): Uint8Array[];
  update(update: Uint8Array): Uint8Array;
  /** What a client that only listens says now and then, where the server would take it for gone. */
  readonly stillHere: Uint8Array | null;
  read(message: Uint8Array): Heard | null;
}

/** `state` answers the client's hello. `saved` acknowledges so many of the client's updates, or one more. */
export type Heard =
  | { readonly kind: "state" | "update"; readonly update: Uint8Array }
  | { readonly kind: "saved"; readonly total: number | null };
