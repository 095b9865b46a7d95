/** The app: what the address asks for, for the person who is signed in. */
import "./main.css";
import "./palette/palette.css";
import "./share-panel.css";
import "./side.css";
import "./comments/comments.css";
import "./files/files.css";
import "./history/history.css";
import { readPlace } from "./address.ts";
import { whoAmI } from "./api.ts";
import { element } from "./element.ts";
import { showHome } from "./home.ts";

async function main(root: HTMLElement): Promise<void> {
  const place = readPlace(location);
  const user = await whoAmI();
  if (place.kind === "home") return showHome(root, user);
  if (!user) {
    location.assign(`/auth/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  // The editor is large; the list of projects does not wait for it.
  const { showWorkspace } = await import("./workspace.ts");
  return showWorkspace(root, user, place);
}

const root = document.getElementById("app");
if (root) {
  main(root).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : "Something went wrong.";
    root.replaceChildren(
      element("main", { class: "notice" }, element("h1", {}, "markco"), element("p", { role: "alert" }, message)),
    );
  });
}
