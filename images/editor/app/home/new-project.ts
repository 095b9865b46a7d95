/** Begins a project: a title, and the address that follows from it. */
import { MadeProject, NewProject, slugOf } from "../../../../shared/new-project.ts";
import { editAddress } from "../address.ts";
import { send, type User } from "../api.ts";
import { element } from "../element.ts";
import { oneAtATime } from "../one-at-a-time.ts";

export interface NewProjectForm {
  /** Shows the form and hides it. */
  readonly button: HTMLElement;
  readonly form: HTMLElement;
}

/** @param isOpen whether the form is there from the beginning */
export function newProject(user: User, isOpen: boolean): NewProjectForm {
  const title = element("input", {
    type: "text",
    required: true,
    maxlength: "100",
    autocomplete: "off",
    input: follow,
  });
  const name = element("input", {
    type: "text",
    required: true,
    maxlength: "100",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": "new-project-address",
    input: () => {
      isNamed = name.value !== "";
      showAddress();
    },
  });
  const address = element("p", { class: "hint", id: "new-project-address" });
  const { status, problem, attempt } = oneAtATime();
  /** The person has chosen a name: it follows the title no more. */
  let isNamed = false;

  function follow(): void {
    if (!isNamed) name.value = slugOf(title.value);
    showAddress();
  }

  function showAddress(): void {
    address.textContent =
      name.value === ""
        ? "The name stands in the project's address: 1 to 100 of a-z, 0-9 and inner . _ -"
        : `Its address will be ${editAddress(user.handle, name.value, null)}`;
  }

  function make(): void {
    const wanted = NewProject.safeParse({ title: title.value, name: name.value });
    if (!wanted.success) {
      problem.textContent = `${wanted.error.issues[0]?.message ?? "That is no project's name"}.`;
      return;
    }
    void attempt("Making the project …", "The project is made.", async () => {
      const answer = await send("POST", "/api/projects", wanted.data);
      const { owner, slug } = MadeProject.parse(await answer.json());
      location.assign(editAddress(owner.handle, slug, null));
    });
  }

  const form = element(
    "form",
    { class: "new-project", id: "new-project", "aria-label": "New project", novalidate: true, hidden: !isOpen },
    element("label", {}, "Title", title),
    element("label", {}, "Name", name),
    element("button", { type: "submit", class: "make" }, "Make the project"),
    address,
    status,
    problem,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make();
  });
  const button = element(
    "button",
    { type: "button", "aria-expanded": String(isOpen), "aria-controls": "new-project", click: toggle },
    "New project",
  );

  function toggle(): void {
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) title.focus();
  }

  showAddress();
  return { button, form };
}
