import { describe, expect, test } from "vitest";
import { render } from "../document/fixture.ts";
import { type Page, renderPage } from "./page.ts";

const page: Page = {
  lang: "en",
  title: "Setup",
  description: "How to set it up",
  canonical: "https://markco.example/@ada/site/setup",
  noindex: false,
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
  edit: null,
  assets: { css: "/static/theme.css", script: "/static/reader.iife.js" },
};

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

  test("is kept from search engines only when asked", () => {
    expect(text).not.toContain("noindex");
    expect(renderPage({ ...page, noindex: true })).toContain('<meta name="robots" content="noindex">');
  });

  test("gets the name of its file as heading where the document has no title", () => {
    expect(renderPage({ ...page, article: render("Text") })).toContain("<h1>Setup</h1>");
    expect(renderPage({ ...page, article: render("---\ntitle: T\n---\nText") })).not.toContain("<h1>Setup</h1>");
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
      edit: evil,
      assets: { css: evil, script: evil },
    });
    expect(text).not.toContain("<script>alert");
  });
});
