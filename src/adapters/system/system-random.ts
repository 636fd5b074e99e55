import { randomInt } from "node:crypto";
import type { Random } from "../../ports/random.ts";

export class SystemRandom implements Random {
  string(length: number, alphabet: string): string {
    let text = "";
    // randomInt has no modulo bias.
    for (let i = 0; i < length; i++) text += alphabet.charAt(randomInt(alphabet.length));
    return text;
  }
}
