/** The navigation of a page. In a large site it shows the way to the page and what stands around it, so a page costs the same in every site. */
import type { NavNode as PageNavNode } from "../../reader/page/page.ts";
import type { NavNode, Site, SitePage } from "../../shared/fsml/site.ts";

/** Up to this many pages the navigation has them all. */
const WHOLE = 200;
/** Lines of one level in a larger site, around the one that leads to the page. */
const SHOWN = 60;

/**
 * @param hrefOf a page's address
 * @param allPages address of the list of all pages, which a large site's navigation ends with
 */
export function navigationFor(
  site: Site,
  current: SitePage,
  hrefOf: (page: SitePage) => string,
  allPages: string,
): PageNavNode[] {
  const isLarge = site.pages.length > WHOLE;
  const trail = site.trailTo(current.file);

  const level = (nodes: readonly NavNode[], depth: number): PageNavNode[] => {
    const onTrail = trail[depth];
    return (isLarge ? around(nodes, onTrail) : nodes).map((node) => {
      const isOpen = !isLarge || node === onTrail;
      // A section that is not shown leads to where it begins.
      const page = node.page ?? (isOpen ? null : firstOf(node));
      return {
        title: node.title,
        href: page && hrefOf(page),
        current: node.page?.file === current.file,
        children: isOpen ? level(node.children, depth + 1) : [],
      };
    });
  };

  const lines = level(site.nav, 0);
  if (!isLarge) return lines;
  const count = site.pages.length.toLocaleString("en");
  return [...lines, { title: `All ${count} pages`, href: allPages, current: false, children: [] }];
}

function around(nodes: readonly NavNode[], node: NavNode | undefined): readonly NavNode[] {
  const at = node ? nodes.indexOf(node) : 0;
  const from = Math.max(0, Math.min(at - SHOWN / 2, nodes.length - SHOWN));
  return nodes.slice(from, from + SHOWN);
}

function firstOf(node: NavNode): SitePage | null {
  let at: NavNode | undefined = node;
  while (at && !at.page) at = at.children[0];
  return at?.page ?? null;
}
