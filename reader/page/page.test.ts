import { describe, expect, test } from "vitest";
import { render } from "../document/fixture.ts";
import { withEditLink } from "./edit-link.ts";
import { type Page, renderPage } from "./page.ts";

const page: Page = {
  lang: "en",
  title: "Setup",
  description: "How to set it up",
  canonical: "https://markco.example/@ada/site/setup",
  noindex: false,
  image: null,
  source: "/@ada/site/setup.md",
  feed: "/@ada/site/feed.xml",
  search: null,
  site: { title: "Site", href: "/@ada/site/" },
  nav: [
    { title: "Home", href: "/@ada/site/", current: false, children: [] },
    {
      title: "Guide",
      href: null,
      current: false,
      children: [{ title: "Setup", href: "/@ada/site/setup", current: true, children: [] }],
    },
    {
      title: "More",
      href: null,
      current: false,
      children: [{ title: "Other", href: "/x", current: false, children: [] }],
    },
  ],
  breadcrumbs: [{ title: "Site", href: "/@ada/site/" }],
  article: render("# Setup\n\n## One\n\n## Two\n"),
  previous: { title: "Home", href: "/@ada/site/" },
  next: null,
  assets: { css: "/static/theme.css", script: "/static/reader.iife.js" },
};

const pageWith = (source: string): Page => ({ ...page, article: render(source) });

describe("a page", () => {
  const text = renderPage(page);

  test("is a complete document", () => {
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">/);
    expect(text).toContain("<title>Setup · Site</title>");
    expect(text).toContain('<meta name="description" content="How to set it up">');
    expect(text).toContain('<link rel="canonical" href="https://markco.example/@ada/site/setup">');
    expect(text.endsWith("</html>\n")).toBe(true);
  });

  test("has no inline script or style, and no script that blocks", () => {
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script src="/static/reader.iife.js" defer>']);
    expect(text).not.toMatch(/<style| style=| on[a-z]+=/);
  });

  test("opens the sections on the way to the current page, and only those", () => {
    expect(text).toContain("<details open><summary><span>Guide</span>");
    expect(text).toContain('<a href="/@ada/site/setup" aria-current="page">Setup</a>');
    expect(text).toContain("<details><summary><span>More</span>");
  });

  test("leads past the navigation, along the outline, and to its neighbours", () => {
    expect(text).toContain('<a class="skip" href="#page:content">');
    expect(text).toContain('<main id="page:content"');
    expect(text).toContain('<li class="level-2"><a href="#one">One</a></li>');
    expect(text).toContain('rel="prev" href="/@ada/site/"');
    expect(text).not.toContain('rel="next"');
  });

  test("says what it is where it is linked to", () => {
    expect(text).toContain('<meta property="og:title" content="Setup">');
    expect(text).toContain('<meta property="og:url" content="https://markco.example/@ada/site/setup">');
    expect(text).toContain('<meta name="twitter:card" content="summary">');
    expect(text).not.toContain("og:image");
    const image = { src: "https://markco.example/plot.png", alt: "A plot", width: 640, height: 480 };
    const withImage = renderPage({ ...page, image });
    expect(withImage).toContain('<meta property="og:image" content="https://markco.example/plot.png">');
    expect(withImage).toContain('<meta property="og:image:width" content="640">');
    expect(withImage).toContain('<meta name="twitter:card" content="summary_large_image">');
    expect(renderPage({ ...page, canonical: null })).not.toContain("og:");
  });

  test("fetches its first image at once, and the others when they come near", () => {
    const images = renderPage(pageWith("![a](plot.png)\n\n![b](plot.png)\n")).match(/<img [^>]*>/g);
    expect(images).toEqual([
      '<img src="/files/plot.png" alt="a" decoding="async">',
      '<img src="/files/plot.png" alt="b" loading="lazy" decoding="async">',
    ]);
  });

  test("names its markdown and the site's feed", () => {
    expect(text).toContain('<link rel="alternate" type="text/markdown" href="/@ada/site/setup.md">');
    expect(text).toContain(
      '<link rel="alternate" type="application/atom+xml" title="Site" href="/@ada/site/feed.xml">',
    );
  });

  test("is kept from search engines only when asked", () => {
    expect(text).not.toContain("noindex");
    expect(renderPage({ ...page, noindex: true })).toContain('<meta name="robots" content="noindex">');
  });

  test("gets the name of its file as heading where the document has no title", () => {
    expect(renderPage({ ...page, article: render("Text") })).toContain("<h1>Setup</h1>");
    expect(renderPage({ ...page, article: render("---\ntitle: T\n---\nText") })).not.toContain("<h1>Setup</h1>");
  });

  test("leads to the editor only where that is put in, wherever the text speaks of it", () => {
    const page = renderPage(pageWith("<!--edit-->\n\n`<!--edit-->` <!--edit-->\n"));
    expect(page).not.toContain('class="edit"');
    const edited = withEditLink(page, '/edit/@ada/site/$&"<b>.md');
    expect(edited.match(/class="edit"/g)).toHaveLength(1);
    expect(edited).toContain('<a class="edit" href="/edit/@ada/site/$&amp;&quot;&lt;b&gt;.md">Edit</a></header>');
  });

  test("escapes every value", () => {
    const evil = '"><script>alert(1)</script>';
    const link = { title: evil, href: evil };
    const text = renderPage({
      ...page,
      lang: evil,
      title: evil,
      description: evil,
      canonical: evil,
      site: link,
      nav: [{ ...link, current: true, children: [{ ...link, current: false, children: [] }] }],
      breadcrumbs: [link],
      previous: link,
      next: link,
      image: { src: evil, alt: evil, width: null, height: null },
      source: evil,
      feed: evil,
      search: { index: evil, script: evil },
      assets: { css: evil, script: evil },
    });
    expect(text).not.toContain("<script>alert");
  });
});
