/** A button on every code block that copies its text. */
const SHOWN_MS = 1500;

export function addCopyButtons(document: Document): void {
  // Without a secure context there is no clipboard; then there is no button that can't work.
  const clipboard = document.defaultView?.navigator.clipboard;
  if (!clipboard) return;
  for (const code of document.querySelectorAll<HTMLElement>(".prose pre > code")) {
    const block = code.parentElement;
    if (!block) continue;
    const box = document.createElement("div");
    box.className = "copyable";
    block.replaceWith(box);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await clipboard.writeText(code.textContent ?? "");
        button.textContent = "Copied";
      } catch {
        button.textContent = "Can’t copy";
      }
      setTimeout(() => {
        button.textContent = "Copy";
      }, SHOWN_MS);
    });
    box.append(block, button);
  }
}
