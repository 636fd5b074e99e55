import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { deadLinks } from "./dead-links.mjs";

test("a link to a page or an anchor that is not there is found, and no other", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "airfield-site-"));
  try {
    mkdirSync(path.join(folder, "sub"));
    writeFileSync(path.join(folder, "style.css"), "");
    writeFileSync(
      path.join(folder, "index.html"),
      '<link href="style.css"><h2 id="here"></h2><a href="#here">1</a><a href="#gone">2</a>' +
        '<a href="sub/page.html#top">3</a><a href="sub/other.html">4</a><a href="https://a.example/x">5</a>',
    );
    writeFileSync(
      path.join(folder, "sub/page.html"),
      '<h1 id="top"></h1><a href="../index.html#here">1</a><a href="../index.html#top">2</a>',
    );
    expect(deadLinks(folder)).toEqual([
      "index.html -> #gone",
      "index.html -> sub/other.html",
      "sub/page.html -> ../index.html#top",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
