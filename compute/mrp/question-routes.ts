/** Questions about live objects: completion, hover, inspection, variables, and what needs the language itself. */
import * as z from "zod";
import { Fault, parse, parseJson } from "../../shared/daemon/fault.ts";
import { ANSWERS, type Answer, QUESTIONS, type Question } from "../../shared/mrp/introspection.ts";
import type { Route } from "../api/router.ts";
import type { RuntimeLink } from "../runtime/link.ts";
import type { Asked, MrpDoor } from "./door.ts";

/** A session that nobody has started knows nothing, which is an answer. `format` needs no variables, but a kernel. */
const UNSTARTED: { readonly [Q in Question]: ((cursor: number) => Answer<Q>) | null } = {
  complete: (cursor) => ({ matches: [], cursorStart: cursor, cursorEnd: cursor, source: "runtime" }),
  inspect: () => ANSWERS.inspect.parse({ found: false }),
  hover: () => ANSWERS.hover.parse({ found: false }),
  variables: () => ({ variables: [], count: 0, truncated: false, source: "runtime" }),
  variable: null,
  is_complete: () => ({ status: "unknown", indent: "" }),
  format: null,
};

/** What all questions have. */
interface AnyQuestion {
  readonly session: string;
  readonly cursor?: number;
}

export function questionRoutes(door: MrpDoor): Route[] {
  async function answer(asked: Asked, op: Question, what: unknown): Promise<object> {
    const schema: z.ZodType<AnyQuestion> = QUESTIONS[op];
    const request = parse(schema, what, op);
    const { language, session } = door.session(asked, request.session);
    // The schema of each question is that of its line to the supervisor.
    const line = { ...request, op, language, session } as Parameters<RuntimeLink["ask"]>[0];
    const reply = await door
      .live(asked)
      ?.ask(line)
      .catch((error: unknown) => {
        if (error instanceof Fault && error.code === "not_found") return undefined;
        throw error;
      });
    if (reply !== undefined) return parse<object>(ANSWERS[op], reply, "the runtime's answer");
    const unstarted = UNSTARTED[op]?.(request.cursor ?? 0);
    if (!unstarted) throw new Fault("conflict", `the session ${session} has not started; run a cell in it first`);
    return unstarted;
  }
  const question = (path: string, op: Question) =>
    door.route("POST", path, ({ body }, asked) => answer(asked, op, parseJson(z.unknown(), body.toString(), op)));

  return [
    ...question("/complete", "complete"),
    ...question("/inspect", "inspect"),
    ...question("/hover", "hover"),
    ...question("/variables", "variables"),
    ...question("/is_complete", "is_complete"),
    ...question("/format", "format"),
    ...door.route("POST", "/variables/:name", ({ body, params }, asked) => {
      const request = parseJson(z.looseObject({}), body.toString(), "variable");
      return answer(asked, "variable", { ...request, name: params.name });
    }),
  ];
}
