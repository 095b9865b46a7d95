import { expect, test } from "vitest";
import { attachment } from "./attachment.ts";

test.each([
  ["plot.png", "plot.png", "plot.png"],
  ["Größe (1).md", "Gro_e (1).md", "Gr%C3%B6%C3%9Fe%20%281%29.md"],
  ['a"b\\c%d.md', "a_b_c_d.md", "a%22b%5Cc%25d.md"],
  ["論文 📄's.md", "__ _'s.md", "%E8%AB%96%E6%96%87%20%F0%9F%93%84%27s.md"],
  ["a\r\nset-cookie: x", "a__set-cookie: x", "a%0D%0Aset-cookie%3A%20x"],
  ["\ud800", "_", "%EF%BF%BD"],
])("the file %j is called so in a header that everybody can read", (name, plain, full) => {
  expect(attachment(name)).toBe(`attachment; filename="${plain}"; filename*=UTF-8''${full}`);
  expect(() => new Headers({ "content-disposition": attachment(name) })).not.toThrow();
});
