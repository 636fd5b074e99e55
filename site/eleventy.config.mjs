// The documentation as a site, made of docs/ and of site/ by `npm run site`. Links are relative and search needs no
// server, so the pages can also be read from a folder. A link that leads nowhere fails the build.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path/posix";
import GithubSlugger from "github-slugger";
import { deadLinks } from "./dead-links.mjs";

const REPOSITORY = "https://github.com/airfield-dev/airfield/blob/main/";
const OUTPUT = "dist-site";

/** Folders with pages, and where the pages go. */
const folders = [
  ["site", ""],
  ["site/how-to", "how-to/"],
  ["docs", ""],
  ["docs/decisions", "decisions/"],
];

/** The menu: headings, and pages by their path without an ending. */
const menu = [
  ["Start", ["index", "quick-start"]],
  [
    "How to",
    [
      ...["how-to/bring-up", "how-to/develop", "how-to/several", "how-to/images"],
      ...["how-to/ci", "how-to/hand-over", "how-to/kind"],
    ],
  ],
  ["Reference", ["commands", "configuration", "errors", "events", "dictionary", "known-issues"]],
  [
    "Background",
    ["spring", "terminal-ui", "images", "registry", "hand-over", "architecture", "testing"],
  ],
];

export default function configure(eleventy) {
  const pages = readPages();
  const titles = new Map(pages.map(({ name, title }) => [name, title]));
  const decisions = pages.map(({ name }) => name).filter((name) => name.startsWith("decisions/"));
  const sections = [...menu, ["Decisions", decisions.sort()]].map(([heading, names]) => ({
    heading,
    pages: names.map((name) => ({ name, title: titles.get(name) })),
  }));
  eleventy.amendLibrary("md", (markdown) => amend(markdown, pages));
  for (const { name, title, text, headings, file } of pages) {
    const root = "../".repeat(name.split("/").length - 1);
    const data = { title, name, root, sections, headings, file };
    eleventy.addTemplate(`${name}.md`, text, {
      ...data,
      layout: "page.njk",
      permalink: `${name}.html`,
    });
  }
  eleventy.addPassthroughCopy({
    "site/style.css": "style.css",
    "site/search.js": "search.js",
    "node_modules/minisearch/dist/umd/index.js": "minisearch.js",
  });
  eleventy.on("eleventy.after", () => {
    const entries = JSON.stringify(pages.flatMap(entriesOf));
    writeFileSync(`${OUTPUT}/search-index.js`, `globalThis.searchEntries = ${entries};\n`);
    const dead = deadLinks(OUTPUT);
    if (dead.length > 0) throw new Error(`Links that lead nowhere:\n  ${dead.join("\n  ")}`);
  });
  return {
    dir: { input: "site/layouts", includes: ".", output: OUTPUT },
    templateFormats: ["md"],
    // Braces are Helm's and Kubernetes' in these texts, and nothing of the site's.
    markdownTemplateEngine: false,
  };
}

function readPages() {
  return folders.flatMap(([folder, prefix]) =>
    readdirSync(folder)
      .filter((entry) => entry.endsWith(".md"))
      .map((entry) => {
        const file = `${folder}/${entry}`;
        const text = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->\n*/g, "");
        const parts = partsOf(text);
        const headings = parts.filter(({ level }) => level === 2);
        const title = parts[0]?.title ?? entry;
        return { name: prefix + entry.replace(/\.md$/, ""), file, text, title, parts, headings };
      }),
  );
}

/** A page divided at its headings, which have GitHub's anchors: docs/ is read there, too. */
function partsOf(text) {
  const slugger = new GithubSlugger();
  const outsideOfCode = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (code) =>
    code.replace(/^#/gm, " "),
  );
  return outsideOfCode
    .split(/^(?=#{1,3} )/m)
    .filter((part) => part.startsWith("#"))
    .map((part) => {
      const [, marks, heading, body] = /^(#+) (.*)\n?([\s\S]*)$/.exec(part);
      const title = plain(heading);
      return { level: marks.length, title, anchor: slugger.slug(title), text: plain(body) };
    });
}

/** What search finds: each part of a page under its heading. */
function entriesOf({ name, title: page, parts }) {
  return parts.map(({ title, anchor, text }) => ({
    ...{ url: `${name}.html#${anchor}`, title, page, text },
  }));
}

/** Markdown without its marks: good enough to be searched, and shown in a line. */
function plain(text) {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^```.*$|^#+ |[`*|]|-{3,}/gm, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Anchors of headings, and links between files as links between pages. */
function amend(markdown, pages) {
  markdown.core.ruler.push("site", ({ tokens, env }) => {
    const slugger = new GithubSlugger();
    tokens.forEach((token, index) => {
      if (token.type === "heading_open")
        token.attrSet("id", slugger.slug(plain(tokens[index + 1].content)));
      for (const child of token.children ?? [])
        if (child.type === "link_open")
          child.attrSet("href", hrefOf(child.attrGet("href"), env, pages));
    });
  });
}

function hrefOf(href, { file, name }, pages) {
  if (/^([a-z]+:|#)/.test(href)) return href;
  const [target, anchor] = href.split("#");
  const wanted = path.join(path.dirname(file), target);
  const page = pages.find((each) => each.file === wanted);
  const hash = anchor === undefined ? "" : `#${anchor}`;
  return page === undefined
    ? `${REPOSITORY}${wanted}${hash}`
    : `${path.relative(path.dirname(name), page.name)}.html${hash}`;
}
