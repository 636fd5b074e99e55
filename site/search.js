// Search without a server: the index is a script, loaded when the field is first used.
const root = document.body.dataset.root;
const field = document.getElementById("search");
const results = document.getElementById("results");
const menu = document.getElementById("menu");
const menuButton = document.getElementById("menu-button");
const MOST_RESULTS = 12;
let searching;

function load(file) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = root + file;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

async function openIndex() {
  await Promise.all([load("minisearch.js"), load("search-index.js")]);
  const index = new globalThis.MiniSearch({
    idField: "url",
    fields: ["title", "text", "page"],
    storeFields: ["title", "page", "text"],
    searchOptions: { boost: { title: 6, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
  });
  index.addAll(globalThis.searchEntries);
  return index;
}

async function search() {
  const words = field.value.trim();
  searching ??= openIndex();
  const index = await searching;
  if (words !== field.value.trim()) return;
  const found = words === "" ? [] : index.search(words).slice(0, MOST_RESULTS);
  results.replaceChildren(...found.map(resultOf));
  if (words !== "" && found.length === 0) {
    const nothing = document.createElement("li");
    nothing.textContent = "Nothing found.";
    results.append(nothing);
  }
  results.hidden = words === "";
}

function resultOf({ id, title, page, text }) {
  const link = document.createElement("a");
  link.href = root + id;
  for (const [kind, content] of [
    ["strong", title],
    ["span", page === title ? "" : page],
    ["p", text.slice(0, 140)],
  ]) {
    const part = document.createElement(kind);
    part.textContent = content;
    link.append(part, " ");
  }
  const item = document.createElement("li");
  item.append(link);
  return item;
}

field.addEventListener("input", () => void search());
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") results.querySelector("a")?.click();
  if (event.key === "ArrowDown") results.querySelector("a")?.focus();
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    field.focus();
  }
  if (event.key === "Escape") results.hidden = true;
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search") || event.target.closest("#results a")) results.hidden = true;
});
menuButton.addEventListener("click", () => {
  const isOpen = menu.classList.toggle("open");
  menuButton.setAttribute("aria-expanded", String(isOpen));
});
// `?q=words` searches at once, so that a search can be linked to.
const query = new URLSearchParams(location.search).get("q");
if (query !== null) {
  field.value = query;
  void search();
}
