/** The provider's sessions, codes and grants, in memory: whoever was signing in while it restarted begins again. */
import type { Adapter, AdapterPayload } from "oidc-provider";

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresMs: number;
}

/** @returns a maker of one adapter for each kind of record, all over the same memory */
export function memoryAdapters(): (kind: string) => Adapter {
  const entries = new Map<string, Entry>();

  const sweep = () => {
    for (const [key, { expiresMs }] of entries) if (expiresMs < Date.now()) entries.delete(key);
  };

  return (kind) => {
    const key = (id: string) => `${kind}:${id}`;
    const live = (matches: (payload: AdapterPayload) => boolean) => {
      sweep();
      for (const [found, { payload }] of entries) {
        if (found.startsWith(`${kind}:`) && matches(payload)) return payload;
      }
      return undefined;
    };
    return {
      async upsert(id, payload, expiresInS) {
        sweep();
        entries.set(key(id), { payload, expiresMs: expiresInS ? Date.now() + expiresInS * 1000 : Infinity });
      },
      async find(id) {
        sweep();
        return entries.get(key(id))?.payload;
      },
      findByUid: async (uid) => live((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => live((payload) => payload.userCode === userCode),
      async consume(id) {
        const entry = entries.get(key(id));
        if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        entries.delete(key(id));
      },
      async revokeByGrantId(grantId) {
        for (const [found, { payload }] of entries) if (payload.grantId === grantId) entries.delete(found);
      },
    };
  };
}
