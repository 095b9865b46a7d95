/** The AMIs: the host image, and what was baked from an instance. */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { Ec2Error, newId } from "./protocol.ts";

const Ami = z.object({ id: z.string(), name: z.string(), hostImage: z.string(), createdMs: z.number() });
export type Ami = z.infer<typeof Ami>;

/** The AMI that the host image is: the same id as long as the image is the same. */
export const amiOf = (hostImage: string) => `ami-${createHash("sha256").update(hostImage).digest("hex").slice(0, 17)}`;

export class Images {
  readonly #file: string;
  readonly #all: Ami[];

  constructor(file: string, hostImage: string) {
    this.#file = file;
    const baked = z.array(Ami).parse(JSON.parse(readOr(file, "[]")));
    this.#all = [{ id: amiOf(hostImage), name: "markco-host", hostImage, createdMs: 0 }, ...baked];
  }

  list(): readonly Ami[] {
    return this.#all;
  }

  /** Throws Ec2Error("InvalidAMIID.NotFound"). */
  get(id: string): Ami {
    const found = this.#all.find((image) => image.id === id);
    if (!found) throw new Ec2Error("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
    return found;
  }

  /** Throws Ec2Error("InvalidAMIName.Duplicate"). */
  add(name: string, hostImage: string): Ami {
    if (this.#all.some((image) => image.name === name)) {
      throw new Ec2Error("InvalidAMIName.Duplicate", `AMI name ${name} is already in use`);
    }
    const image = { id: newId("ami"), name, hostImage, createdMs: Date.now() };
    this.#all.push(image);
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#all.slice(1)), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
    return image;
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}
