/** What a code stands for, for whoever wants to know more than one failure's message says. */
export interface Explanation {
  /** What it means, in one line without a full stop: lists and completions show it. */
  readonly means: string;
  /** How it comes about, and what Airfield does then; whole sentences. */
  readonly why: string;
}
