/** What the `html`, `css` and `js` cells of a published page show, as a page of its own for the frame in which they stand. */
import { findCells } from "../../shared/document/cells.ts";
import { findPageGroups, pageOf } from "../../shared/document/page-cells.ts";
import { framed } from "../../shared/frame.ts";
import { notFoundNotice } from "../app/notice.ts";
import { releaseOf } from "./release.ts";
import { answer, headersFor, policyOfHtml, type SiteRequest } from "./request.ts";

/** At the page's address with `?frame=N`, counted from 0. */
export async function serveFrame(request: SiteRequest): Promise<Response | null> {
  const { context, store, published, url } = request;
  const { manifest, site } = published;
  const group = context.req.query("frame");
  const page = site.lookup(url);
  const file = page ? manifest.pages[page.file] : undefined;
  if (group === undefined || !file) return null;
  const html = frameOf(await (await store.object(manifest.user, manifest.name, file.sha256)).text(), group);
  if (html === null) return notFoundNotice();
  const headers = headersFor(manifest, {
    type: "text/html; charset=utf-8",
    etag: `"${file.sha256.slice(0, 12)}-${group}-${releaseOf(context.env)}"`,
    policy: policyOfHtml(request),
  });
  headers.set("vary", "sec-fetch-dest");
  return answer(request, headers, () => html);
}

/** Null for a group that the document doesn't have. */
function frameOf(source: string, group: string): string | null {
  const cells = findCells(source);
  const found = /^\d{1,6}$/.test(group) ? findPageGroups(source, cells)[Number(group)] : undefined;
  return found ? framed(pageOf(found, cells, true)) : null;
}
