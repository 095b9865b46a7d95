/** The sign-in page, complete without scripts. */
import { DEMO } from "./accounts.ts";

const STYLE = `
  :root { color-scheme: light dark; --ink: light-dark(#1c1b1a, #eceae6); --soft: light-dark(#6b6862, #a19d95);
    --paper: light-dark(#fff, #232220); --ground: light-dark(#f4f2ee, #171615); --line: light-dark(#d9d5cd, #3c3a36); }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
    font: 16px/1.5 system-ui, sans-serif; }
  main { width: min(22rem, 100% - 2rem); padding: 2rem; background: var(--paper); border: 1px solid var(--line);
    border-radius: 12px; box-shadow: 0 1px 2px #0000000d, 0 8px 24px #0000000f; }
  h1 { margin: 0; font-size: 1.3rem; letter-spacing: -0.01em; }
  p { margin: 0.25rem 0 1.25rem; color: var(--soft); font-size: 0.9rem; }
  label { display: block; margin-bottom: 1rem; font-size: 0.85rem; font-weight: 600; }
  input { display: block; width: 100%; margin-top: 0.3rem; padding: 0.55rem 0.7rem; font: inherit; color: inherit;
    background: transparent; border: 1px solid var(--line); border-radius: 7px; }
  button { width: 100%; padding: 0.65rem; font: inherit; font-weight: 600; color: var(--paper); background: var(--ink);
    border: 0; border-radius: 7px; cursor: pointer; }
  :focus-visible { outline: 2px solid #3b76d6; outline-offset: 2px; }
  [role="alert"] { color: light-dark(#a3261b, #ff9d92); }`;

/** @param problem shown when an earlier try failed */
export function signInPage(action: string, problem: string | null): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · markco on this machine</title>
<style>${STYLE}</style>
<main>
  <h1>Sign in to markco</h1>
  <p>This is the local platform's own provider. The account <b>${DEMO.name}</b> is filled in; <b>alice</b> and
    <b>bob</b> are there too, each with the name as password.</p>
  ${problem ? `<p role="alert">${problem}</p>` : ""}
  <form method="post" action="${action}">
    <label>Name <input name="name" value="${DEMO.name}" autocomplete="username" required></label>
    <label>Password <input name="password" type="password" value="${DEMO.password}" autocomplete="current-password" required></label>
    <button autofocus>Sign in</button>
  </form>
</main>
</html>
`;
}
