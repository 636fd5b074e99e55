import type { Files } from "../../ports/files.ts";
import type { ImageBuilder } from "../plan/choose-builder.ts";
import type { SpringProject } from "../project/detect-project.ts";
import { checksum } from "../objects/plan-contents.ts";
import { readContents, type Contents } from "../project/read-contents.ts";
import { readProjectSources } from "../up/steps/find-project.ts";
import type { UpRequest } from "../up/up-context.ts";
import type { FileHashes } from "../build/written-by-builds.ts";
import { readUserKustomization } from "../objects/user-kustomization.ts";

/** All by which an edit can reach the cluster; the same again: there is nothing to deliver. */
export interface ProjectState {
  /** What the config and the command line say of the application. */
  readonly settings: string;
  readonly sources: string;
  /** Of each file of them; absent where only their fingerprint is known. */
  readonly sourceHashes?: FileHashes;
  /** What the application reads beside its archive. */
  readonly contents: string;
  readonly kustomization: string;
}

export async function readState(
  project: SpringProject,
  {
    name,
    builder,
    request,
    files,
  }: {
    readonly name: string;
    readonly builder: ImageBuilder;
    readonly request: UpRequest;
    readonly files: Files;
  },
): Promise<ProjectState> {
  const { application, environment } = request;
  const [sources, contents, kustomization] = await Promise.all([
    readProjectSources(project, { builder, request, files }),
    readContents(application, {
      ...{ name, project, files },
      ...(environment === undefined ? {} : { environment }),
    }),
    kustomizationState(project, request, files),
  ]);
  return {
    ...{ settings: settingsState(request), sources: sources.fingerprint, kustomization },
    sourceHashes: sources.hashes,
    contents: contentsState(contents),
  };
}

export function settingsState({ application }: Pick<UpRequest, "application">): string {
  return JSON.stringify(application);
}

export function contentsState({ config, secrets }: Contents): string {
  return `${checksum(config)} ${checksum(secrets)}`;
}

export async function kustomizationState(
  { dir }: Pick<SpringProject, "dir">,
  { application: { kustomize: folder } }: Pick<UpRequest, "application">,
  files: Files,
): Promise<string> {
  return checksum((await readUserKustomization({ projectDir: dir, folder }, files))?.files ?? {});
}

export function isSameState(a: ProjectState | undefined, b: ProjectState): boolean {
  return (
    a?.settings === b.settings &&
    a.sources === b.sources &&
    a.contents === b.contents &&
    a.kustomization === b.kustomization
  );
}
