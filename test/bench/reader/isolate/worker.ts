/**
 * The Worker around a renderer. It reads no clock: in an isolate a clock stands still while code runs, so that time is
 * taken outside, of whole requests (isolate.ts).
 */

/** Answers PUT (a JSON list of documents, kept) and GET `/?document=N` with the HTML of one, or `/nothing`. */
export function workerOf(render: (source: string) => string) {
  let documents: readonly string[] = [];
  return {
    async fetch(request: Request): Promise<Response> {
      if (request.method === "PUT") {
        const sent: unknown = await request.json();
        if (!Array.isArray(sent)) return new Response(null, { status: 400 });
        documents = sent.map(String);
        return new Response(null, { status: 204 });
      }
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/nothing") return new Response("");
      const source = documents[Number(searchParams.get("document"))];
      return source === undefined ? new Response(null, { status: 404 }) : new Response(render(source));
    },
  };
}
