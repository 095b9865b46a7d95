/** Marks the section in the outline that the reader is in. */
export function followOutline(document: Document): void {
  const links = new Map<Element, HTMLAnchorElement>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".outline a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  let current: HTMLAnchorElement | undefined;
  const observer = new IntersectionObserver(
    (entries) => {
      const entered = entries.find((entry) => entry.isIntersecting);
      if (!entered) return;
      current?.removeAttribute("aria-current");
      current = links.get(entered.target);
      current?.setAttribute("aria-current", "true");
    },
    // A heading counts once it is in the upper third of the window.
    { rootMargin: "0px 0px -66% 0px" },
  );
  for (const heading of links.keys()) observer.observe(heading);
}
