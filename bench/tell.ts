/** Results go to stdout, all else to stderr. */
export function tell(text: string): void {
  process.stderr.write(text);
}
