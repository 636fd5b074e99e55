import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Relative links of all pages in a folder that lead to no file, or to no anchor in it: "page -> link". */
export function deadLinks(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const pages = new Map(
    names
      .filter((name) => name.endsWith(".html"))
      .map((name) => [name, readFileSync(path.join(folder, name), "utf8")]),
  );
  return [...pages].flatMap(([name, html]) =>
    linksOf(html)
      .filter((link) => !leads(link, name))
      .map((link) => `${name} -> ${link}`),
  );

  function leads(link, from) {
    const [target, anchor] = link.split("#");
    const to = target === "" ? from : path.join(path.dirname(from), target);
    if (!names.includes(to)) return false;
    const html = pages.get(to);
    return (
      anchor === undefined || html === undefined || html.includes(` id="${decodeURI(anchor)}"`)
    );
  }
}

function linksOf(html) {
  const links = [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, link]) => link);
  return [...new Set(links)].filter((link) => !/^[a-z]+:/.test(link));
}
