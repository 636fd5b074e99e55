import { expect, test } from "vitest";
import { chooseBuilder } from "./choose-builder.ts";

const plain = { artifact: "app", buildTool: "maven" } as const;
const jib = { hasBaseImage: false };

test.each([
  [{}, "assemble"],
  [{ jib }, "jib"],
  [{ dockerfile: "/app/Dockerfile" }, "dockerfile"],
  [{ dockerfile: "/app/Dockerfile", jib }, "dockerfile"],
] as const)(
  "a project with %j is made with %s unless the config says otherwise",
  (has, builder) => {
    expect(chooseBuilder("auto", { ...plain, ...has })).toBe(builder);
  },
);

test("the config goes before what the project has", () => {
  const project = { ...plain, dockerfile: "/app/Dockerfile", jib };
  for (const builder of ["assemble", "dockerfile", "jib", "buildpacks"] as const)
    expect(chooseBuilder(builder, project)).toBe(builder);
  expect(chooseBuilder("jib", plain)).toBe("jib");
});

test.each([
  ["dockerfile", "maven", "it has no Dockerfile in its folder"],
  ["jib", "gradle", "its build does not apply the plugin com.google.cloud.tools.jib"],
] as const)("%s is refused where a %s project has none", (builder, buildTool, reason) => {
  expect(() => chooseBuilder(builder, { ...plain, buildTool })).toThrow(
    expect.objectContaining({
      code: "image-builder-unusable",
      facts: { project: "app", builder, reason },
    }),
  );
});
