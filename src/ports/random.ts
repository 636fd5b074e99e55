/** Randomness fit for secrets. */
export interface Random {
  /** `length` characters, each from `alphabet` with equal probability. */
  string(length: number, alphabet: string): string;
}
