/** Whether a project's terminals are shown, for this tab of the browser: it shows them again when it is loaded anew. */

const keyOf = (projectId: string) => `terminals ${projectId}`;

export function wasShown(projectId: string): boolean {
  try {
    return sessionStorage.getItem(keyOf(projectId)) !== null;
  } catch {
    // Storage can be forbidden; then a page begins without them.
    return false;
  }
}

export function keepShown(projectId: string, isShown: boolean): void {
  try {
    if (isShown) sessionStorage.setItem(keyOf(projectId), "");
    else sessionStorage.removeItem(keyOf(projectId));
  } catch {
    // See above.
  }
}
