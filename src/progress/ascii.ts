/** Our own signs, and what stands for them where only ASCII can be shown. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  "✓": "+",
  "✗": "x",
  "•": "*",
  "↩": "<",
  "→": "->",
  "…": "...",
  "·": "-",
  "│": "|",
  "─": "-",
};

/** The text with our own signs in ASCII. Names and whatever else comes from elsewhere stay as they are. */
export function asAscii(text: string): string {
  return text.replace(/[✓✗•↩→…·│─]/g, (sign) => REPLACEMENTS[sign] ?? sign);
}
