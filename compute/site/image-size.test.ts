import { expect, test } from "vitest";
import { sizeOfImage } from "./image-size.ts";

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const text = (content: string) => new TextEncoder().encode(content);

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEklEQVR4nGP4z8AARAwQ8v9/ABjwA/1t7xSzAAAAAElFTkSuQmCC";
const GIF = "R0lGODlhBQAHAIAAAP///wAAACH5BAAAAAAALAAAAAAFAAcAAAIFhI+py1EAOw==";

test.each([
  ["a.png", bytes(PNG), { width: 3, height: 2 }],
  ["a.GIF", bytes(GIF), { width: 5, height: 7 }],
  ["a.svg", text('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30.4"></svg>'), { width: 40, height: 30 }],
  ["a.svg", text('<svg viewBox="0 0 16 9"></svg>'), { width: 16, height: 9 }],
] as const)("%s has its size", (path, content, size) => expect(sizeOfImage(path, content)).toEqual(size));

test("a photograph that lies on its side has the size in which it is shown", () => {
  // A JPEG of 20 × 10 whose EXIF says that it is turned by 90°.
  const exif = "ffe1002245786966000049492a0008000000010012010300010000000600000000000000";
  const frame = "ffc0000b08000a0014010100";
  expect(sizeOfImage("a.jpg", new Uint8Array(Buffer.from(`ffd8${exif}${frame}ffd9`, "hex")))).toEqual({
    width: 10,
    height: 20,
  });
});

test.each([
  ["data.csv", text("a,b\n")],
  ["broken.png", text("no image")],
  ["cut.png", bytes(PNG).slice(0, 10)],
  ["empty.webp", new Uint8Array()],
  ["none.svg", text("<svg></svg>")],
])("%s has none", (path, content) => expect(sizeOfImage(path, content)).toBeNull());
