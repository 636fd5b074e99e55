/** Lines of at most so many characters, broken at blanks. */
export function wrap(text: string, columns: number): readonly string[] {
  return text.split(" ").reduce<readonly string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined) return [word];
    const longer = `${last} ${word}`;
    return longer.length <= columns ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, []);
}
