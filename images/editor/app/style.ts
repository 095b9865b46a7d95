/** Style sheets of what is loaded on demand. They come with its code, as text: the first load knows nothing of them. */
export function addStyle(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
}
