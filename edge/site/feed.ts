/** A site's newest pages as an Atom feed (RFC 4287). */
import type { SitePage } from "../../shared/fsml/site.ts";
import type { Manifest } from "../../shared/site/manifest.ts";
import { pathOf } from "./address.ts";
import { articleOf } from "./article.ts";
import { descriptionOf, FEED } from "./page.ts";
import { rendered } from "./rendered.ts";
import { answer, headersFor, NO_RIGHTS, type SiteRequest } from "./request.ts";
import { document, type Xml, xml } from "./xml.ts";

const ENTRIES = 20;

export async function serveFeed(request: SiteRequest): Promise<Response | null> {
  const { published, url } = request;
  if (url !== FEED) return null;
  const key = `${published.version}-feed`;
  const headers = headersFor(published.manifest, {
    type: "application/atom+xml; charset=utf-8",
    etag: `"${key}"`,
    policy: NO_RIGHTS,
  });
  return answer(request, headers, () => rendered(request, key, () => feedOf(request)));
}

async function feedOf(request: SiteRequest): Promise<string> {
  const { published, address } = request;
  const { manifest, site } = published;
  const newest = site.pages
    .map((page) => ({ page, date: dateOf(manifest, page) }))
    .sort((a, b) => b.date.localeCompare(a.date))
    .slice(0, ENTRIES);
  const entries = await Promise.all(newest.map(({ page, date }) => entryOf(request, page, date)));
  const home = address.origin + pathOf(address, "");
  return document(xml`<feed xmlns="http://www.w3.org/2005/Atom">
<id>${home}</id>
<title>${manifest.title}</title>
<updated>${newest[0]?.date ?? manifest.publishedAt}</updated>
<author><name>${manifest.user}</name></author>
<link rel="alternate" type="text/html" href="${home}"/>
<link rel="self" type="application/atom+xml" href="${address.origin + pathOf(address, FEED)}"/>
${entries}</feed>
`);
}

async function entryOf(request: SiteRequest, page: SitePage, date: string): Promise<Xml | null> {
  const { published, address } = request;
  const file = published.manifest.pages[page.file];
  if (!file) return null;
  const article = await articleOf(request, page, file.sha256);
  const url = address.origin + pathOf(address, page.url);
  const summary = descriptionOf(article);
  return xml`<entry>
<id>${url}</id>
<title>${article.heading ?? article.title ?? page.title}</title>
<updated>${date}</updated>
<link rel="alternate" type="text/html" href="${url}"/>
${summary && xml`<summary>${summary}</summary>\n`}</entry>
`;
}

/** What the author says, else when this text was first published. */
function dateOf({ pages, publishedAt }: Manifest, { file }: SitePage): string {
  const page = pages[file];
  if (page?.date) return `${page.date}T00:00:00.000Z`;
  return page?.changed ? new Date(page.changed * 1000).toISOString() : publishedAt;
}
