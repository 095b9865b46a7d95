/** The app: what the address asks for, for the person who is signed in. */
import "./main.css";
import "./cells/cells.css";
import "./side.css";
import "./comments/comments.css";
import "./files/files.css";
import "./outline/outline.css";
import "./project-search/project-search.css";
import "./kept/left.css";
import "./tables/tables.css";
import { readPlace } from "./address.ts";
import { whoAmI } from "./api.ts";
import { element } from "./element.ts";

async function main(root: HTMLElement): Promise<void> {
  const place = readPlace(location);
  const user = await whoAmI();
  // The editor is large: other pages do not wait for it, nor it for them.
  if (place.kind === "home") {
    const { showHome } = await import("./home/home.ts");
    return showHome(root, user);
  }
  if (!user) {
    location.assign(`/auth/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  if (place.kind === "usage") {
    const { showUsage } = await import("./usage/usage.ts");
    return showUsage(root, user);
  }
  const { showWorkspace } = await import("./workspace.ts");
  await showWorkspace(root, user, place);
  // For the next time, when there may be no connection. Nobody waits for it.
  import("./kept/app.ts").then(
    ({ keepApp }) => keepApp(user, place.user, place.slug),
    () => {},
  );
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
