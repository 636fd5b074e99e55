import { expect, test } from "vitest";
import { isToolError } from "../errors/tool-error.ts";
import { parseImageReference } from "./image-reference.ts";

const digest = `sha256:${"a1".repeat(32)}`;

test.each([
  ["nginx", "docker.io/library/nginx:latest"],
  ["nginx:1.27", "docker.io/library/nginx:1.27"],
  ["team/app:1", "docker.io/team/app:1"],
  ["docker.io/nginx:1", "docker.io/library/nginx:1"],
  ["index.docker.io/team/app:1", "docker.io/team/app:1"],
  ["localhost/app:1", "localhost/app:1"],
  ["localhost:5001/app:1", "localhost:5001/app:1"],
  ["127.0.0.1:5001/a/b/c", "127.0.0.1:5001/a/b/c:latest"],
  ["ghcr.io/a-b/c__d/e.f:V1_2.3-x", "ghcr.io/a-b/c__d/e.f:V1_2.3-x"],
  ["GHCR.io/a/b:1", "GHCR.io/a/b:1"],
  ["[::1]:5000/app:1", "[::1]:5000/app:1"],
  [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
  [`nginx:1.27@${digest}`, `docker.io/library/nginx@${digest}`],
])("reads %s as %s", (text, full) => {
  expect(parseImageReference(text).full).toBe(full);
});

test.each([
  ["", "empty"],
  ["-rf", "dash"],
  ["--all-platforms", "dash"],
  ["User-Service:1", "capital letters"],
  ["Foo/bar", "capital letters"],
  ["a//b", "a part of it is empty"],
  ["/a", "a part of it is empty"],
  ["a:", "the tag"],
  ["a:b:c", "characters that names do not have"],
  ["a:x y", "the tag"],
  [`a:${"x".repeat(129)}`, "the tag"],
  ["a b", "characters"],
  ["a$(id)", "characters"],
  ["a_", "characters"],
  ["a___b", "characters"],
  ["exa_mple.com:99999999/a", "registry's address"],
  ["a@sha256:abc", "64 hexadecimal digits"],
  [`a@${digest}@${digest}`, "more than one"],
  [`${"a".repeat(250)}/b`, "longer than"],
])("refuses %j", (text, reason) => {
  const refusal = caught(() => parseImageReference(text));
  expect(isToolError(refusal, "invalid-image-reference")).toBe(true);
  expect(String(refusal)).toContain(reason);
});

test.each([[digest], ["a1".repeat(32)]])("refuses the id %s", (text) => {
  expect(
    isToolError(
      caught(() => parseImageReference(text)),
      "image-named-by-id",
    ),
  ).toBe(true);
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
