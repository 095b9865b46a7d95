/** Limits that every border applies alike. */

/** One file of a project, as imported or saved. */
export const MAX_FILE_BYTES = 25 * 1024 * 1024;
/** Files in one project. */
export const MAX_FILES = 20_000;
/** A whole project. */
export const MAX_PROJECT_BYTES = 2 * 1024 * 1024 * 1024;
/** A JSON body. Execution requests carry code, so it is generous. */
export const MAX_JSON_BYTES = 4 * 1024 * 1024;
