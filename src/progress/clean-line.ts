/**
 * What a program wrote as one line that is safe to show: the first line, as a terminal would have left it
 * after carriage returns, without colours and other control characters.
 */
export function cleanLine(text: string): string {
  const [first = ""] = text.replace(/\r+\n/g, "\n").split("\n");
  return (
    (first.replace(/\r+$/, "").split("\r").at(-1) ?? "")
      // eslint-disable-next-line no-control-regex -- control sequences are what is taken out
      .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007]*\u0007/g, "")
      .replaceAll("\t", "  ")
      // eslint-disable-next-line no-control-regex -- as above
      .replace(/[\u0000-\u001f\u007f]/g, "")
  );
}
