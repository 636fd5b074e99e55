import { asAscii } from "../progress/ascii.ts";

/** What is drawn for a text with our own signs. */
export type Sign = (text: string) => string;

export function signs(isAscii: boolean): Sign {
  return isAscii ? asAscii : (text) => text;
}
