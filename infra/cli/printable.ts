/** A name that somebody else has chosen, fit for a line in a terminal: what would steer the terminal is shown, not obeyed. */
export const printable = (name: string): string => name.replace(/[\p{Cc}\u2028\u2029]/gu, "�");
