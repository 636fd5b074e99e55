import { expect, test } from "vitest";
import { catalog, type ErrorCode } from "../../errors/catalog.ts";
import type { Change } from "./plan-compile.ts";
import { planNext, waitsForEdit, type LoopState, type Save } from "./plan-next.ts";
import type { ProjectState } from "./read-state.ts";

const before: ProjectState = { settings: "1", sources: "1", contents: "1", kustomization: "1" };
const edited: ProjectState = { ...before, sources: "2" };
const java: Change = { kind: "sources", path: "/app/src/main/java/A.java" };
const pom: Change = { kind: "build-file", path: "/app/pom.xml" };
const beside: Change = { kind: "beside", path: "/app/config/application.yml" };
const inSrc: Change = { kind: "other", path: "/app/src/main/proto/a.proto" };
const outside: Change = { kind: "other", path: "/app/users.db" };

const javac: LoopState = {
  ...{ rootDir: "/app", compilesWith: "javac", isLive: false, builder: "assemble" },
  ...{ hasFailed: false, project: before },
};
const live: LoopState = { ...javac, isLive: true };
const buildTool: LoopState = { ...javac, compilesWith: "build-tool" };
const neverUp: LoopState = { ...javac, compilesWith: undefined, project: undefined };
const failed: LoopState = { ...javac, hasFailed: true };

function saving(change: Change, more: Partial<Save> = {}): Save {
  return {
    ...{ saved: [change], changes: [change], project: edited, needsBuildTool: false },
    ...more,
  };
}

test.each<[string, LoopState, Save, ReturnType<typeof planNext>]>([
  ["an edit of a class", javac, saving(java), "compile-and-image"],
  ["an edit of a class, live", live, saving(java), "compile-and-pod"],
  ["an edit that the build tool compiles", buildTool, saving(inSrc), "build-tool"],
  ["one that javac cannot do", javac, saving(java, { needsBuildTool: true }), "build-tool"],
  ["one that javac cannot do, live", live, saving(java, { needsBuildTool: true }), "all-anew"],
  ["an edit of a build file", javac, saving(pom, { needsBuildTool: true }), "all-anew"],
  ["an edit of a build file, live", live, saving(pom, { needsBuildTool: true }), "all-anew"],
  ["an edit of a build file of the build tool's", buildTool, saving(pom), "all-anew"],
  [
    "a class, after a build file that failed",
    failed,
    saving(java, { changes: [pom, java] }),
    "all-anew",
  ],
  ["an edit before it ever was up", neverUp, saving(inSrc, { needsBuildTool: true }), "all-anew"],
  ["a save without an edit", javac, saving(java, { project: before }), "nothing"],
  ["a save of a build file without an edit", live, saving(pom, { project: before }), "nothing"],
  ["nothing of the project", failed, saving(java, { saved: [] }), "nothing"],
  [
    "the same again after a failure",
    failed,
    saving(java, { project: before }),
    "compile-and-image",
  ],
  [
    "the same again after a failure, for the build tool",
    { ...failed, compilesWith: "build-tool" },
    saving(inSrc, { project: before }),
    "build-tool",
  ],
  ["something else after a failure", failed, saving(outside, { project: before }), "nothing"],
  ["what no build reads, after a failure", failed, saving(beside, { project: before }), "nothing"],
  ["what no build reads", javac, saving(beside, { needsBuildTool: true }), "nothing"],
  [
    "what only pods read",
    javac,
    saving(beside, { project: { ...edited, contents: "2" }, needsBuildTool: true }),
    "build-tool",
  ],
  [
    "what a Dockerfile may read",
    { ...javac, builder: "dockerfile" },
    saving(beside, { needsBuildTool: true }),
    "build-tool",
  ],
  [
    "a class and what no build reads",
    javac,
    saving(java, { saved: [java, beside], changes: [java, beside], needsBuildTool: true }),
    "build-tool",
  ],
  ["other settings", javac, saving(pom, { project: { ...before, settings: "2" } }), "all-anew"],
  [
    "another kustomization",
    javac,
    saving(beside, { project: { ...before, kustomization: "2" }, needsBuildTool: true }),
    "build-tool",
  ],
])("%s", (_name, state, save, action) => {
  expect(planNext(state, save)).toBe(action);
});

const MENDED_BY_EDIT = [
  ...["application-crashed", "application-ended", "application-never-ready"],
  ...["application-not-answering", "application-not-scheduled", "application-not-started"],
  ...["application-probes-fail", "application-unreachable"],
  ...["archive-ambiguous", "archive-damaged", "archive-missing", "build-failed"],
  ...["cluster-request-failed", "compile-failed", "compiler-stopped"],
  ...["config-file-missing", "config-too-large", "image-build-failed", "invalid-build-file"],
  ...["invalid-config", "kustomization-failed", "kustomization-loses-object"],
  ...["kustomization-missing", "secret-unresolved"],
];
/** What an edit asked for: another port, name, module, version, builder or base image. */
const MENDED_BY_TAKING_BACK = [
  ...["application-name-taken", "builder-image-unavailable", "docker-cli-missing"],
  ...["image-builder-unusable", "image-not-found", "invalid-application-name", "invalid-usage"],
  ...["javac-not-possible", "jdk-too-old", "live-not-possible", "module-not-chosen"],
  ...["module-not-found", "no-spring-project", "port-taken", "spring-boot-too-old"],
];

test("at the start, the loop waits for an edit after what only the project can have caused", () => {
  expect(codesThat({ hasStarted: false })).toEqual(MENDED_BY_EDIT);
});

test("later it waits also after what an edit asked for, and ends with all else", () => {
  expect(codesThat({ hasStarted: true })).toEqual(
    [...MENDED_BY_EDIT, ...MENDED_BY_TAKING_BACK].toSorted(),
  );
});

function codesThat(when: { readonly hasStarted: boolean }): readonly string[] {
  const codes = Object.keys(catalog) as readonly ErrorCode[];
  return codes.filter((code) => waitsForEdit(code, when)).toSorted();
}
