// eslint-disable-next-line no-restricted-imports -- the page and the snapshots are files
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const views = import.meta.dirname;

/** A screen as its snapshot has it. */
async function screen(file: string, name: string): Promise<string> {
  const text = await readFile(join(views, "__snapshots__", file), "utf8");
  const [, found] = text.split(`exports[\`${name} 1\`] = \`\n"\n`);
  return found?.split('\n"\n`;')[0] ?? "";
}

test.each([
  ["screen.test.ts.snap", "at 80×24 > home"],
  ["actuator.test.ts.snap", "at 80×24 > health and figures"],
])("the screen in docs/terminal-ui.md is what is drawn (%s, %s)", async (file, name) => {
  const docs = await readFile(join(views, "../../../docs/terminal-ui.md"), "utf8");
  const drawn = (await screen(file, name)).trimEnd();
  expect(drawn).not.toBe("");
  expect(docs).toContain(drawn);
});
