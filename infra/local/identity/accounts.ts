/** The people of the local platform: one for the person at the machine, two more to try things out together. */
export interface Account {
  readonly name: string;
  readonly password: string;
  readonly fullName: string;
}

export const DEMO: Account = { name: "demo", password: "demo", fullName: "Demo Person" };

const ACCOUNTS: readonly Account[] = [
  DEMO,
  { name: "alice", password: "alice", fullName: "Alice Author" },
  { name: "bob", password: "bob", fullName: "Bob Reader" },
];

/** The account that a name and password open, or null. */
export function signIn(name: string, password: string): Account | null {
  return ACCOUNTS.find((account) => account.name === name && account.password === password) ?? null;
}

/** Claims about the account that an id token's `sub` names, or null if there is none. */
export function claimsOf(subject: string) {
  const account = ACCOUNTS.find(({ name }) => name === subject);
  if (!account) return null;
  return {
    sub: account.name,
    preferred_username: account.name,
    name: account.fullName,
    email: `${account.name}@example.org`,
    email_verified: true,
  };
}
