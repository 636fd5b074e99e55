/** The first word by which completion scripts ask for names; no command that help lists. */
export const COMPLETE = "__complete";
