import { expect, test } from "vitest";
import { catalog } from "./catalog.ts";
import { warnings } from "./catalog/warnings.ts";
import { errorPages } from "./error-pages.ts";

const pages = errorPages();

test("every error and every warning has a page, and so has a bug", () => {
  expect(new Set(pages.map(({ code }) => code))).toEqual(
    new Set([...Object.keys(catalog), ...Object.keys(warnings), "bug"]),
  );
});

test.each(pages.map((page) => [page.code, page] as const))(
  "%s says in one line what it means, and in sentences why",
  (_code, { means, why }) => {
    expect(means).toMatch(/^[A-Z].{0,70}[^\s.:]$/);
    expect(why).toMatch(/^\S.*\.$/);
    expect(why).not.toContain(means);
  },
);

test("no two codes mean the same", () => {
  const meanings = pages.map(({ means }) => means);
  expect(meanings.filter((means, index) => meanings.indexOf(means) !== index)).toEqual([]);
});

test("a page holds all that is printed of the error, and its exit code", () => {
  expect(pages.find(({ code }) => code === "port-taken")).toEqual({
    code: "port-taken",
    kind: "error",
    means: "A port of this machine is in use",
    why: expect.stringContaining("a port has one listener"),
    examples: [
      {
        message: "Port 8080 is already used by container web-1.",
        hint: "Stop what uses it (ss -ltnp 'sport = :8080'), or choose another port; 0 picks a free one.",
      },
    ],
    exitCode: { code: 4, name: "Conflict", means: "A name, port, address or lock is taken." },
    mayBeMendedBy: "edit-taken-back",
  });
});

test("a warning has no exit code", () => {
  const page = pages.find(({ code }) => code === "no-permissions");
  expect(page).toMatchObject({ kind: "warning" });
  expect(page).not.toHaveProperty("exitCode");
});
