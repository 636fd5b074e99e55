import type { UpResult } from "../spring/up.ts";

/** An answer is shown as a sign of life, not as a download. */
const SHOWN_CHARACTERS = 1000;

/** Where it is and what it said; that it is up was the last line of progress. */
export function describeUp({ name, url, answer }: UpResult): string {
  const lines = [
    ...(url === undefined ? [] : [`${name}: ${url}`]),
    ...(answer === undefined
      ? []
      : [`GET ${answer.url} answered ${answer.status}:`, shown(answer.body)]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function shown(body: string): string {
  const text = body.trim();
  if (text === "") return "(an empty body)";
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)} …`;
}
