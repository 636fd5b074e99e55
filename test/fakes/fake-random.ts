import type { Random } from "../../src/ports/random.ts";

/** Never twice the same, always the same in each run: counts in the alphabet. */
export class FakeRandom implements Random {
  #count = 0;

  string(length: number, alphabet: string): string {
    let text = "";
    for (
      let rest = this.#count++;
      text.length < length;
      rest = Math.floor(rest / alphabet.length)
    ) {
      text = alphabet.charAt(rest % alphabet.length) + text;
    }
    return text;
  }
}
