import { expect, test } from "vitest";
import type { ConfigFault } from "../errors/catalog/config.ts";
import { isToolError } from "../errors/tool-error.ts";
import { loadConfig } from "./load-config.ts";

const head = "apiVersion: airfield.dev/v1\nkind: Cluster\n";
const mebibyte = 1024 * 1024;

function faultsOf(text: string): readonly ConfigFault[] {
  try {
    loadConfig({ text, file: "airfield.yaml", folder: "/" });
  } catch (error) {
    if (isToolError(error, "invalid-config")) return error.facts.faults;
    throw error;
  }
  return [];
}

/** Repeats `unit` up to a mebibyte. */
function fill(unit: string, room = mebibyte - 100): string {
  return unit.repeat(Math.floor(room / unit.length));
}

/** Levels of lists, each of which holds the one before nine times: 9^levels values. */
function laughs(levels: number): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < levels; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** The same with merge keys, which some parsers expand in quadratic time. */
function mergeBomb(levels: number): string {
  const lines = ["m0: &m0 {k: v}"];
  for (let level = 1; level < levels; level++) {
    lines.push(
      `m${level}: &m${level} {<<: [${Array(9)
        .fill(`*m${level - 1}`)
        .join(", ")}]}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

// Some hundred milliseconds at most on an idle machine, and hours without the limits.
const limitMs = 5000;
test.each([
  { name: "a file of more than a mebibyte", text: head + "#".repeat(mebibyte), says: "1 MiB" },
  {
    name: "a mebibyte that is short in characters only",
    text: `${head}# ${"€".repeat(mebibyte / 2)}`,
    says: "1 MiB",
  },
  { name: "a mebibyte of aliases", text: `a: &a x\nb: [${fill("*a,")}]`, says: "too large" },
  { name: "a mebibyte of anchors", text: fill("&a "), says: "too large" },
  { name: "a billion laughs", text: head + laughs(9), says: "aliases written out" },
  { name: "laughs by merge keys", text: head + mergeBomb(40), says: "aliases written out" },
  { name: "an alias to itself", text: `${head}nodes: &n [*n]`, says: "that contains it" },
  { name: "a mapping merged into itself", text: `${head}x: &x {<<: *x}`, says: "that contains it" },
  { name: "brackets", text: fill("["), says: "nested" },
  { name: "braces", text: fill("{"), says: "nested" },
  { name: "dashes", text: fill("- "), says: "too large" },
  { name: "question marks", text: fill("? "), says: "too large" },
  { name: "colons", text: fill("a: "), says: "too large" },
  { name: "tags", text: fill("!a "), says: "too large" },
  { name: "quotes", text: fill('"'), says: "too large" },
  { name: "documents", text: fill("---\n"), says: "too large" },
  { name: "numbers", text: `a: [${fill("1,")}]`, says: "too large" },
  {
    name: "a ladder of mappings",
    text: Array.from({ length: 1400 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    says: "nested too deeply",
  },
  {
    name: "the same key again and again",
    text: head + fill("name: a\n", 20_000),
    says: "is given twice",
  },
  { name: "a name of a mebibyte", text: `${head}name: ${"a".repeat(900_000)}`, says: "32 at most" },
  {
    name: "a key of a mebibyte",
    text: `${head}${"a".repeat(1000)}${"b".repeat(900_000)}: 1`,
    says: "",
  },
  {
    name: "a label made to slow a pattern down",
    text: `${head}nodes: [{labels: {a: "${"a.".repeat(100_000)}!"}}]`,
    says: "63",
  },
  {
    name: "an image made to slow a pattern down",
    text: `${head}nodes: [{image: "${"a__".repeat(100)}!"}]`,
    says: "image reference",
  },
  { name: "binary", text: "\u0000\u0001\u0002\u0003".repeat(1000), says: "" },
])("refuses $name quickly", { timeout: limitMs }, ({ text, says }) => {
  const faults = faultsOf(text);
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.map(({ reason }) => reason).join("\n")).toContain(says);
});

test("tells the first fifty of very many faults, and how many more there are", () => {
  const fields = Array.from({ length: 300 }, (_, index) => `unknown${index}: 1`);
  const faults = faultsOf(`${head}${fields.join("\n")}`);
  expect(faults).toHaveLength(51);
  expect(faults.at(-1)?.reason).toBe("and 250 more");
});

test("a message stays short whatever is in the file", () => {
  const faults = faultsOf(`${head}name: "${"a".repeat(900_000)}"\n${"k".repeat(900)}: 1\n`);
  expect(faults).toHaveLength(2);
  for (const { reason, path } of faults) expect(reason.length + path.length).toBeLessThan(2000);
});

test("a large but sensible file is read", () => {
  const nodes = Array.from(
    { length: 100 },
    (_, index) => `  - role: ${index === 0 ? "control-plane" : "worker"}
    labels: {index: ${index}, tier: backend}
    extraMounts:
      - hostPath: ./data/${index}
        containerPath: /data
    extraPortMappings:
      - containerPort: 30080
        hostPort: ${20_000 + index}`,
  );
  expect(faultsOf(`${head}nodes:\n${nodes.join("\n")}\n`)).toEqual([]);
});

test("more nodes than a cluster can have are refused", () => {
  const nodes = Array.from({ length: 101 }, () => "  - {}").join("\n");
  expect(faultsOf(`${head}nodes:\n${nodes}\n`)).toEqual([
    { line: 3, path: "nodes", reason: "there are more than 100 nodes" },
  ]);
});
