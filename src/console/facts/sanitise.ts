/**
 * Sequences by which a program tells a terminal something: colours and movements (CSI), titles and clipboards (OSC), other
 * strings (DCS, SOS, PM, APC), single shifts and resets. One that is cut off goes to the end of the line.
 * https://ecma-international.org/publications-and-standards/standards/ecma-48/
 */
const SEQUENCES =
  // eslint-disable-next-line no-control-regex -- control sequences are what is taken out
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*(?:[@-~]|$)|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]?/g;
/** Also what changes the direction of a text, and so hides what it says: https://trojansource.codes */
// eslint-disable-next-line no-control-regex -- as above
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const CONTROLS = new RegExp(CONTROL, "g");
const TAB = "    ";

/**
 * A text as one line that moves no cursor: of what a carriage return overwrites only the last part is left, as a terminal
 * would show it; tabs are blanks; everything else that is no letter goes.
 */
export function sanitisedLine(text: string): string {
  if (!CONTROL.test(text)) return text;
  const last = text.replace(/\r+$/, "").split("\r").at(-1) ?? "";
  return last
    .replace(SEQUENCES, "")
    .replaceAll("\t", TAB)
    .replaceAll("\n", " ")
    .replace(CONTROLS, "");
}

/** The same data with every text in it sanitised. */
export function sanitised<Data>(data: Data): Data {
  return sanitisedValue(data) as Data;
}

/** The value itself where there is nothing to take out, as almost always. */
function sanitisedValue(value: unknown): unknown {
  if (typeof value === "string") return sanitisedLine(value);
  if (Array.isArray(value)) {
    const items = value.map(sanitisedValue);
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, each]) => [key, each as unknown, sanitisedValue(each)] as const,
  );
  if (entries.every(([, before, after]) => before === after)) return value;
  return Object.fromEntries(entries.map(([key, , after]) => [key, after]));
}
