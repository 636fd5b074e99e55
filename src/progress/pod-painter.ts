/** Of the 16 colours of every terminal those that are read well on dark and on light: cyan, magenta, green, blue, yellow. */
const COLOURS = [36, 35, 32, 34, 33];

/** Gives each pod's name a colour of its own, as long as there are some; plain text without colours. */
export function createPodPainter(hasColour: boolean): (pod: string) => string {
  const colours = new Map<string, number>();
  return (pod) => {
    if (!hasColour) return pod;
    const colour = colours.get(pod) ?? COLOURS[colours.size % COLOURS.length] ?? 0;
    colours.set(pod, colour);
    return `\u001b[${colour}m${pod}\u001b[39m`;
  };
}
