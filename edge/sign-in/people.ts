/** The person behind an identity; made when they sign in for the first time. */
import { and, eq } from "drizzle-orm";
import { type Database, isDuplicate } from "../database/database.ts";
import { users } from "../database/schema.ts";
import type { Identity } from "./provider.ts";

const TRIES = 20;

/** Returns the user's id. The handle is chosen once and stays, whatever the provider says later; the address is what it says now. */
export async function findOrMakeUser(database: Database, identity: Identity): Promise<string> {
  const sameIdentity = and(eq(users.issuer, identity.issuer), eq(users.subject, identity.sub));
  const email = verifiedEmail(identity);
  const wanted = handleOf(identity.preferred_username ?? identity.email?.split("@")[0] ?? "user");
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const [found] = await database.update(users).set({ email }).where(sameIdentity).returning({ id: users.id });
    if (found) return found.id;
    const id = crypto.randomUUID();
    const handle = attempt === 1 ? wanted : `${wanted.slice(0, 34)}-${Math.floor(Math.random() * 9000) + 1000}`;
    try {
      await database
        .insert(users)
        .values({ id, handle, name: identity.name ?? handle, email, issuer: identity.issuer, subject: identity.sub });
      return id;
    } catch (error) {
      // The handle is taken, or the same person signs in twice at once: look again.
      if (!isDuplicate(error)) throw error;
    }
  }
  throw new Error("no free handle was found");
}

/** Null unless the provider vouches that it is theirs: an address that somebody merely claims opens nothing. */
export function verifiedEmail(identity: Identity): string | null {
  return identity.email_verified ? (identity.email ?? null) : null;
}

/** A name of any script as a handle: what is left of it in a-z, 0-9 and hyphens. */
export function handleOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 39)
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "user" : plain;
}
