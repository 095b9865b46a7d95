/** What values show as: bundles by MIME type, their images and pages as files where the cell has a folder for them. */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";

const IMAGES = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
  "image/gif": "gif",
  "image/webp": "webp",
};
/** Characters. Plain text is cut here; of other forms a part is worth nothing, so they are left out when longer. */
const MAX_TEXT = 256 * 1024;
const MAX_IMAGE = 2 * 1024 * 1024;
const MAX_ROWS = 50;
const MAX_COLUMNS = 50;
const AS_TEXT = { depth: 4, maxArrayLength: 100, maxStringLength: MAX_TEXT, breakLength: 100 };

export class Bundles {
  #channel;
  #assetDir = null;

  constructor(channel) {
    this.#channel = channel;
  }

  /** @param {string | null} assetDir where images and pages of the next cell go; null: they travel in the bundle */
  begin(assetDir) {
    this.#assetDir = assetDir;
  }

  /** The forms of a value: what it says of itself, and always text. */
  of(value) {
    return { "text/plain": textOf(value), ...richFormsOf(value) };
  }

  display(value, options) {
    this.show("display", this.of(value), options);
  }

  displayImage(source, options) {
    const content = typeof source === "string" ? readFileSync(source) : Buffer.from(source);
    this.show("display", { [imageType(content)]: content.toString("base64") }, options);
  }

  show(event, bundle, { displayId = null, update = false, executionCount } = {}) {
    const fields = event === "result" ? { metadata: {}, executionCount } : { metadata: {}, displayId, update };
    const data = { ...bundle };
    if (this.#assetDir !== null) {
      const image = Object.keys(IMAGES).find((mime) => mime in data);
      if (image) return this.#save(image, IMAGES[image], imageBytes(image, data[image]), { displayId, update });
      if ("text/html" in data) {
        this.#save("text/html", "html", Buffer.from(data["text/html"]), { displayId, update });
        delete data["text/html"];
      }
    }
    const fitting = Object.entries(data).filter(([mime, value]) => fits(mime, value));
    if (fitting.length > 0) this.#channel.event(event, { data: Object.fromEntries(fitting), ...fields });
  }

  #save(mime, extension, content, fields) {
    const name = `${createHash("sha256").update(content).digest("hex").slice(0, 12)}.${extension}`;
    const path = join(this.#assetDir, name);
    if (!existsSync(path)) {
      mkdirSync(this.#assetDir, { recursive: true });
      const temporary = join(this.#assetDir, `.${name}.${process.pid}`);
      const file = openSync(temporary, "w");
      try {
        for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    }
    this.#channel.event("asset", { path, name, mime, size: content.length, ...fields });
  }
}

function textOf(value) {
  if (typeof value !== "string") return cut(inspect(value, AS_TEXT));
  const shown = inspect(value.slice(0, MAX_TEXT), { maxStringLength: null });
  return value.length <= MAX_TEXT ? cut(shown) : `${shown}\n… ${value.length - MAX_TEXT} characters left out …`;
}

/** An object that fails when it is asked has no other form than text. */
function richFormsOf(value) {
  try {
    const html = value?.toHTML?.() ?? value?.outerHTML ?? tableOf(value);
    return { ...(typeof html === "string" ? { "text/html": html } : {}), ...value?.[Symbol.for("markco.display")]?.() };
  } catch {
    return {};
  }
}

/** A list of plain objects as a table, else undefined. */
function tableOf(value) {
  if (!Array.isArray(value) || value.length === 0 || !value.slice(0, MAX_ROWS).every(isPlain)) return undefined;
  const rows = value.slice(0, MAX_ROWS);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, MAX_COLUMNS);
  const cell = (content) =>
    escaped(typeof content === "string" ? content : inspect(content, { depth: 1, breakLength: Infinity }));
  const head = columns.map((column) => `<th>${escaped(column)}</th>`).join("");
  const body = rows.map(
    (row, i) =>
      `<tr><th>${i}</th>${columns.map((column) => `<td>${column in row ? cell(row[column]) : ""}</td>`).join("")}</tr>`,
  );
  const more =
    value.length > rows.length ? `<p>${value.length} rows, of which the first ${rows.length} are shown</p>` : "";
  return `<table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join("")}</tbody></table>${more}`;
}

function isPlain(value) {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function cut(text, length = MAX_TEXT) {
  return text.length <= length ? text : `${text.slice(0, length)}\n… ${text.length - length} characters left out …`;
}

function fits(mime, value) {
  const size = typeof value === "string" ? value.length : JSON.stringify(value)?.length;
  return size !== undefined && (mime === "text/plain" || size <= (mime in IMAGES ? MAX_IMAGE : MAX_TEXT));
}

function imageBytes(mime, value) {
  return typeof value === "string"
    ? Buffer.from(value, mime === "image/svg+xml" ? "utf8" : "base64")
    : Buffer.from(value);
}

/** By its first bytes. Throws TypeError. */
function imageType(content) {
  const starts = { "image/png": "89504e47", "image/jpeg": "ffd8ff", "image/gif": "474946", "image/webp": "52494646" };
  const head = content.subarray(0, 8).toString("hex");
  const known = Object.entries(starts).find(([, start]) => head.startsWith(start));
  if (!known) throw new TypeError("display.image takes a PNG, JPEG, GIF or WebP image");
  return known[0];
}
