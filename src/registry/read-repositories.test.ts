import { expect, test } from "vitest";
import { readRepositories } from "./read-repositories.ts";

test("tells repositories with their tags as people count, and how many manifests no tag leads to", () => {
  const files = new Map(
    Object.entries({
      "a/app/_manifests/tags/10/current/link": "sha256:cc",
      "a/app/_manifests/tags/9/current/link": "sha256:aa",
      "a/app/_manifests/tags/9/index/sha256/aa/link": "sha256:aa",
      "a/app/_manifests/revisions/sha256/aa/link": "sha256:aa",
      "a/app/_manifests/revisions/sha256/bb/link": "sha256:bb",
      "a/app/_manifests/revisions/sha256/cc/link": "sha256:cc",
      "a/app/_layers/sha256/dd/link": "sha256:dd",
      "a/empty/_layers/sha256/dd/link": "sha256:dd",
    }),
  );
  expect(readRepositories(files)).toEqual([{ name: "a/app", tags: ["9", "10"], untagged: 1 }]);
});
