/** A switch between the system's colours, light and dark; the choice is kept in this browser. */
const KEY = "markco:theme";
const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** U+FE0E asks for the plain glyph, not the emoji. */
const GLYPHS: Record<Theme, string> = { auto: "◐", light: "☀\uFE0E", dark: "☾\uFE0E" };

export function addThemeSwitch(document: Document): void {
  const header = document.querySelector(".site-header");
  const root = document.documentElement;
  let theme = stored();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "theme-switch";
  const show = () => {
    button.textContent = GLYPHS[theme];
    button.title = `Colors: ${theme}`;
    button.setAttribute("aria-label", button.title);
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
    store(theme);
    show();
  });
  show();
  header?.append(button);
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === value) ?? "auto";
  } catch {
    // Storage can be forbidden; the switch then holds for this page.
    return "auto";
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // See above.
  }
}
