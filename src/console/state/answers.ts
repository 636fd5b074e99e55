import { type Glyphs, sparkline } from "../lines/glyphs.ts";
import { type Answer, isGood } from "../facts/answers.ts";

/** A minute of questions, four a second. */
export const keptAnswers = 240;

/** The newest answers as a line: how long each took, `x` for none. */
export function answerLine(answers: readonly Answer[], columns: number, glyphs: Glyphs): string {
  const newest = answers.slice(-columns);
  const most = Math.max(50, ...newest.map(({ ms }) => ms ?? 0));
  return newest
    .map((answer) => (isGood(answer) ? sparkline([answer.ms], { glyphs, most }) : "x"))
    .join("");
}
