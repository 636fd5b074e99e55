/** A value as it may be shown: no control characters, which could change the terminal, and not too long. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return shown.replaceAll(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
