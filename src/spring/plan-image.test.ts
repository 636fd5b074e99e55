import { expect, test } from "vitest";
import {
  factsOfLabels,
  imageBuildCommand,
  imageNameOf,
  labelsOf,
  readImageBuildFailure,
} from "./plan-image.ts";

const inputs = {
  name: "user-service",
  sourceFingerprint: "abc",
  module: undefined,
  baseImage: "airfield/jre-17:1",
  builder: "assemble",
  hasStartupArchive: false,
} as const;

test("names an image after what is in it", () => {
  const name = imageNameOf(inputs);
  expect(name).toMatch(/^airfield\.internal\/user-service:[0-9a-f]{12}$/);
  expect(imageNameOf({ ...inputs })).toBe(name);
  expect(imageNameOf({ ...inputs, sourceFingerprint: "abd" })).not.toBe(name);
  expect(imageNameOf({ ...inputs, module: "a" })).not.toBe(name);
  expect(imageNameOf({ ...inputs, baseImage: "airfield/jre-17:2" })).not.toBe(name);
});

test("keeps the application's facts in labels", () => {
  const facts = { springBootVersion: "4.1.0", web: "reactive", hasActuator: true } as const;
  expect(factsOfLabels(labelsOf("a", facts))).toEqual(facts);
  const unknown = { springBootVersion: undefined, web: "none", hasActuator: false } as const;
  expect(factsOfLabels(labelsOf("a", unknown))).toEqual(unknown);
  expect(factsOfLabels({ maintainer: "me" })).toBeUndefined();
});

test.each([
  [{ hasBuildx: true, cliMajor: 28 }, "docker buildx build --load", "1"],
  [{ hasBuildx: false, cliMajor: 28 }, "docker build --force-rm", "0"],
  [{ hasBuildx: false, cliMajor: 20 }, "docker build --force-rm", "1"],
])("builds with what there is: %j", (builder, start, buildKit) => {
  const { command, env } = imageBuildCommand(
    { ...builder, engineAddress: "unix:///run/docker.sock" },
    { name: "a:1", labels: { x: "y z" }, dockerfile: "/c/Dockerfile", contextDir: "/c" },
  );
  expect(command.join(" ")).toBe(`${start} --tag a:1 --label x=y z --file /c/Dockerfile /c`);
  expect(env).toMatchObject({ DOCKER_BUILDKIT: buildKit, DOCKER_HOST: "unix:///run/docker.sock" });
});

test("leaves the way to a remote engine to the CLI, which has its certificates", () => {
  const { env } = imageBuildCommand(
    { hasBuildx: true, cliMajor: 28, engineAddress: "tcp://build:2376" },
    { name: "a:1", labels: {}, dockerfile: "/c/Dockerfile", contextDir: "/c" },
  );
  expect(env).not.toHaveProperty("DOCKER_HOST");
});

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
  expect(readImageBuildFailure(output, "/app/Dockerfile")).toEqual([
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
  expect(readImageBuildFailure(output, "/app/Dockerfile")).toEqual([
    "Step 2/2 : COPY nothere /x",
    "COPY failed: file not found in build context",
  ]);
});
