/** The people of a project: who is in, with which role, and the ways in for others. Loaded when it is first asked for. */
import { may, mayManage, type Role } from "../../../shared/roles.ts";
import type { Invite, Member, Sharing } from "../../../shared/sharing.ts";
import type { User } from "./api.ts";
import { askFirst } from "./ask-first.ts";
import { element } from "./element.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { chosenRole, roleSelect } from "./role-select.ts";
import { type Change, emailForm, linkForm } from "./share-forms.ts";
import css from "./share-panel.css" with { type: "text" };
import { changeRole, readSharing, removeMember, revokeInvite } from "./sharing.ts";
import { addStyle } from "./style.ts";

addStyle(css);

export interface SharePanelInput {
  readonly projectId: string;
  readonly user: User;
  readonly role: Role;
  /** The person is no member any more, by their own wish. */
  readonly onLeft: () => void;
}

/** Throws ApiError if the members can't be listed. */
export async function sharePanel({ projectId, user, role, onLeft }: SharePanelInput): Promise<HTMLElement> {
  const people = element("ul", { "aria-label": "Members" });
  const waiting = element("ul", { "aria-label": "Invitations" });
  const { status, problem, attempt } = oneAtATime();
  // Takes the focus that a row had which was made anew.
  status.tabIndex = -1;

  const change: Change = (doing, done, act) =>
    void attempt(doing, done, async () => {
      await act();
      draw(await readSharing(projectId));
    });

  function draw({ members, invites }: Sharing): void {
    const hadFocus = [people, waiting].some((list) => list.contains(document.activeElement));
    people.replaceChildren(...members.map(memberRow));
    waiting.replaceChildren(...(invites ?? []).map(inviteRow));
    if (hadFocus) status.focus();
  }

  function memberRow(member: Member): HTMLElement {
    const { userId, handle, name } = member;
    const isMe = userId === user.userId;
    return element(
      "li",
      {},
      element(
        "span",
        { class: "who" },
        name,
        " ",
        element("span", { class: "hint" }, `@${handle}${isMe ? " · you" : ""}`),
      ),
      ...(!isMe && mayManage(role, member.role) ? managed(member) : [element("span", { class: "hint" }, member.role)]),
      ...(isMe && role !== "owner" ? [leaving(member)] : []),
    );
  }

  function managed({ userId, handle, role: theirs }: Member): HTMLElement[] {
    const select = roleSelect(theirs, { "aria-label": `Role of @${handle}` });
    // A key that goes through the roles must not give each of them on its way.
    const give = element("button", { type: "button", hidden: true, click: () => set() }, "Change role");
    select.addEventListener("change", () => {
      give.hidden = select.value === theirs;
    });
    const set = () =>
      change("Changing …", `@${handle} is ${select.value} now.`, () =>
        changeRole(projectId, userId, chosenRole(select)),
      );
    const remove = askFirst({
      label: "Remove",
      about: `@${handle}`,
      warning: "What they have open here closes at once.",
      act: () =>
        change("Removing …", `@${handle} is not in the project any more.`, () => removeMember(projectId, userId)),
    });
    return [element("span", { class: "actions" }, select, give, remove)];
  }

  function leaving({ userId }: Member): HTMLElement {
    return askFirst({
      label: "Leave",
      about: "this project",
      warning: "Only somebody who shares it can let you back in.",
      act: () =>
        void attempt("Leaving …", "You have left.", async () => {
          await removeMember(projectId, userId);
          onLeft();
        }),
    });
  }

  function inviteRow(invite: Invite): HTMLElement {
    const { id, madeBy, expires, state } = invite;
    const until = WHEN.format(new Date(expires));
    const facts = [
      invite.role,
      ...(invite.kind === "link" ? [usesOf(invite)] : ["waits for them to sign in"]),
      state === "open" ? `until ${until}` : state,
      `by @${madeBy}`,
    ];
    const name = invite.kind === "link" ? `Link ${id.slice(0, 8)}` : invite.email;
    return element(
      "li",
      {},
      element("span", { class: "who" }, name),
      element("span", { class: "hint" }, facts.join(" · ")),
      askFirst({
        label: "Revoke",
        about: name,
        warning: "It lets nobody in any more. Who came in by it stays.",
        act: () => change("Revoking …", `${name} is revoked.`, () => revokeInvite(projectId, id)),
      }),
    );
  }

  draw(await readSharing(projectId));
  return element(
    "div",
    { class: "share" },
    element("h2", {}, "Share"),
    ...(may(role, "share") ? [emailForm(projectId, change), linkForm(projectId, change, status)] : []),
    status,
    problem,
    element("h3", {}, "Members"),
    people,
    ...(may(role, "share") ? [element("h3", {}, "Invitations"), waiting] : []),
  );
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

function usesOf({ uses, maxUses }: Extract<Invite, { kind: "link" }>): string {
  if (maxUses !== null) return `${uses} of ${maxUses} uses`;
  return uses === 1 ? "1 use" : `${uses} uses`;
}
