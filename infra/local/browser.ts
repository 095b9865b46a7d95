/** A browser of a few lines: cookies, redirects and forms. It signs the demo account in as a person would. */

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  /** Where a redirect led that this browser was told not to follow. */
  readonly stoppedAt: URL | null;
}

const MOST_REDIRECTS = 20;

export class Browser {
  /** By origin, then name. All that is visited is on localhost, so paths and domains play no part. */
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly #stopsAt: (url: string) => boolean;

  /** @param stopsAt redirects that aren't followed */
  constructor(stopsAt: (url: string) => boolean = () => false) {
    this.#stopsAt = stopsAt;
  }

  open(url: string): Promise<Page> {
    return this.#load(new URL(url), null);
  }

  /** Submits the page's first form with its own values, changed by `values`. Throws an Error if it has none. */
  submit(page: Page, values: Readonly<Record<string, string>>): Promise<Page> {
    const form = /<form\b[^>]*>/i.exec(page.text);
    if (!form) throw new Error(`${page.url.pathname} answered ${page.status} without a form`);
    const fields = new URLSearchParams(Object.entries({ ...fieldsBehind(page.text, form.index), ...values }));
    return this.#load(new URL(attribute(form[0], "action") ?? page.url.href, page.url), fields);
  }

  async #load(url: URL, form: URLSearchParams | null): Promise<Page> {
    let [target, body] = [url, form];
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects++) {
      const response = await fetch(target, {
        method: body ? "POST" : "GET",
        redirect: "manual",
        headers: { cookie: this.#cookieHeader(target), ...(body ? { origin: target.origin } : {}) },
        ...(body ? { body } : {}),
      });
      this.#keepCookies(target, response.headers.getSetCookie());
      const location = response.headers.get("location");
      if (!location) return { url: target, status: response.status, text: await response.text(), stoppedAt: null };
      await response.body?.cancel();
      [target, body] = [new URL(location, target), null];
      if (this.#stopsAt(target.href)) return { url: target, status: response.status, text: "", stoppedAt: target };
    }
    throw new Error(`${url.pathname} redirects without end`);
  }

  #cookieHeader(url: URL): string {
    const cookies = this.#cookies.get(url.origin) ?? new Map();
    return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #keepCookies(url: URL, headers: readonly string[]): void {
    const cookies = this.#cookies.get(url.origin) ?? new Map<string, string>();
    this.#cookies.set(url.origin, cookies);
    for (const header of headers) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (value === "" || /;\s*max-age=0/i.test(header)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }
}

/** Inputs and named buttons from `start` to the form's end; of several buttons the first is pressed. */
function fieldsBehind(html: string, start: number): Record<string, string> {
  const end = html.indexOf("</form>", start);
  const fields: Record<string, string> = {};
  let pressed = false;
  for (const [tag, kind] of html.slice(start, end < 0 ? undefined : end).matchAll(/<(input|button)\b[^>]*>/gi)) {
    const name = attribute(tag, "name");
    if (name === null) continue;
    if (kind === "button" && pressed) continue;
    pressed ||= kind === "button";
    fields[name] = attribute(tag, "value") ?? "";
  }
  return fields;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", quot: '"', "#39": "'", lt: "<", gt: ">" };

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(`\\s${name}="([^"]*)"`, "i").exec(tag)?.[1];
  return value?.replace(/&(amp|quot|#39|lt|gt);/g, (entity, key: string) => ENTITIES[key] ?? entity) ?? null;
}
