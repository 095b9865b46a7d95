/** Pictures that are pasted or dropped into a document. */
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import type { Role } from "../../../shared/roles.ts";
import { hasBrowser } from "../../browser.ts";
import { loaded, useApp } from "./app.ts";
import { ARTEFACTS } from "./app-files.ts";
import type { Wire } from "./wire.ts";

describe.skipIf(!hasBrowser)("a picture", () => {
  const app = useApp();
  let page: Page;
  let wire: Wire;
  let kept: string[];
  afterEach(() => page.close());

  async function open(role: Role = "owner"): Promise<void> {
    const project = { path: "02-more/a.md", text: "Before.\n", folder: ARTEFACTS, files: ["02-more/a.md"], role };
    ({ page, wire } = await app.open(project));
    kept = [];
    await page.route("**/editor/picture", async (route) => {
      kept.push(`${route.request().headers()["content-type"]} ${route.request().postDataBuffer()?.length}`);
      await route.fulfill({ json: { path: "_assets/3f9a.png" } });
    });
    // What takes pictures is loaded behind the document.
    await loaded(page, "pictures");
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
  }
  const give = (kind: "paste" | "drop", type: string, name: string) =>
    page.locator(".cm-content").evaluate(
      (content, [kind, type, name]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(5)], name, { type }));
        const { left, top } = content.getBoundingClientRect();
        const common = { bubbles: true, cancelable: true, clientX: left + 5, clientY: top + 5 };
        content.dispatchEvent(
          kind === "paste"
            ? new ClipboardEvent("paste", { ...common, clipboardData: data })
            : new DragEvent("drop", { ...common, dataTransfer: data }),
        );
      },
      [kind, type, name] as const,
    );

  test("that is pasted becomes a file and an image where the cursor is", async () => {
    await open();
    await give("paste", "image/png", "image.png");
    await expect.poll(() => wire.text).toBe("Before.\n![](../_assets/3f9a.png)");
    expect(kept).toEqual(["image/png 5"]);
  });

  test("that is dropped stands where it was dropped, with its name", async () => {
    await open();
    await give("drop", "image/jpeg", "a [wave].jpg");
    await expect.poll(() => wire.text).toContain("![a wave](../_assets/3f9a.png)");
  });

  test("is not taken from who may only look, and nothing else is taken for one", async () => {
    await open("viewer");
    await give("paste", "image/png", "image.png");
    await page.close();
    expect(kept).toEqual([]);
    await open();
    await give("paste", "application/pdf", "paper.pdf");
    await page.waitForTimeout(200);
    expect(kept).toEqual([]);
  });
});
