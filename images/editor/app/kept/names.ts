/** What the browser's stores of the app are called. */

/** Kept documents (database.ts). */
export const DATABASE = "markco";
/** What the platform answered to the person, for when it does not answer (offline/worker.ts). */
export const ANSWERS = "markco-answers";
