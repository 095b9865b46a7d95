/** What may stand in a project's `yaml config` blocks (formats.md §2). Unknown keys are kept for tools that know them. */
import * as z from "zod";
import { Handle } from "../daemon/actor.ts";
import { ProjectPath, Slug } from "../daemon/contract.ts";
import { ROLES } from "../roles.ts";
import { VISIBILITIES } from "../site/manifest.ts";

/** `@user/name`, with or without the `@`. */
const SiteUrl = z.string().transform((text, context) => {
  const match = /^@?([^/]+)\/([^/]+)$/.exec(text.trim());
  const user = Handle.safeParse(match?.[1]);
  const name = Slug.safeParse(match?.[2]);
  if (!user.success || !name.success) {
    context.addIssue({ code: "custom", message: `"${text}" is no site address; write "@user/name" in a-z, 0-9 and -` });
    return z.NEVER;
  }
  return { user: user.data, name: name.data };
});

const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: (issue) => `${JSON.stringify(issue.input)} is not one of ${values.join(", ")}` });

const Folder = ProjectPath.or(z.literal("."));

const Session = z.looseObject({
  venv: ProjectPath.optional(),
  cwd: Folder.optional(),
  name: z.string().min(1).max(100).optional(),
  auto_start: z.boolean().optional(),
});

/** One block: everything is optional, because blocks are merged. */
export const ConfigBlock = z.looseObject({
  name: z.string().min(1).max(200).optional(),
  session: z
    .looseObject({
      python: Session.optional(),
      r: Session.optional(),
      julia: Session.optional(),
      bash: Session.optional(),
      javascript: Session.optional(),
    })
    .optional(),
  nav: z.looseObject({ order: z.array(z.string()).optional() }).optional(),
  assets: z.looseObject({ directory: ProjectPath.optional(), generated: ProjectPath.optional() }).optional(),
  publish: z
    .looseObject({
      url: SiteUrl,
      visibility: oneOf(VISIBILITIES).optional(),
      domain: z.hostname("a domain is a host name such as docs.example.org").toLowerCase().optional(),
    })
    .nullable()
    .optional(),
  collaboration: z
    .looseObject({ sessions: oneOf(["shared", "separate"]).optional(), default_role: oneOf(ROLES).optional() })
    .optional(),
});
export type ConfigBlock = z.infer<typeof ConfigBlock>;
