/** Random per installation and kept in one file that only root reads. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { parseJson } from "../../shared/daemon/fault.ts";

const Text = z.string().min(16);

const Secrets = z.object({
  /** Signs what edge and daemon say to each other. */
  daemon: Text,
  database: Text,
  s3: z.object({ accessKeyId: Text, secretAccessKey: Text }),
  identity: z.object({
    clientSecret: Text,
    cookieKey: Text,
    /** Signs id tokens. */
    key: z.record(z.string(), z.unknown()),
  }),
});
export type Secrets = z.infer<typeof Secrets>;

/** Reads the installation's secrets; makes them the first time. Throws Fault("invalid") if the file was damaged. */
export async function ensureSecrets(file: string): Promise<Secrets> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text !== null) return parseJson(Secrets, text, `${file} (npm start -- --fresh makes a new one)`);
  const secrets = makeSecrets();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secrets;
}

function makeSecrets(): Secrets {
  const random = (bytes: number) => randomBytes(bytes).toString("hex");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    daemon: random(32),
    database: random(24),
    s3: { accessKeyId: random(10), secretAccessKey: random(20) },
    identity: {
      clientSecret: random(24),
      cookieKey: random(24),
      key: { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: random(8) },
    },
  };
}
