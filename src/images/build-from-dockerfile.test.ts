import { expect, test } from "vitest";
import { readBuildFailure } from "./build-from-dockerfile.ts";

const linesOf = (output: string) => output.split("\n").filter((line) => line.trim() !== "");

test("shows the failing lines of BuildKit with the Dockerfile's own", () => {
  const output = `#5 [2/2] RUN false
#5 0.175 oh no
#5 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1
------
 > [2/2] RUN false:
0.175 oh no
------
Dockerfile:3
--------------------
   2 |     COPY out /x
   3 | >>> RUN false
--------------------
ERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1
`;
  expect(readBuildFailure(linesOf(output), "/app/Dockerfile")).toEqual([
    " > [2/2] RUN false:",
    "0.175 oh no",
    "/app/Dockerfile:3",
    "   2 |     COPY out /x",
    "   3 | >>> RUN false",
    'ERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1',
  ]);
});

test("shows the last lines of the classic builder without its advice", () => {
  const output = `DEPRECATED: The legacy builder is deprecated and will be removed in a future release.
            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0
            environment-variable.

Step 2/2 : COPY nothere /x
COPY failed: file not found in build context
`;
  expect(readBuildFailure(linesOf(output), "/app/Dockerfile")).toEqual([
    "Step 2/2 : COPY nothere /x",
    "COPY failed: file not found in build context",
  ]);
});
