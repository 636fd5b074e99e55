import { dirname, join } from "node:path";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { SpringCluster } from "../cluster-access.ts";
import type { UpPorts, UpRequest } from "../up/up-context.ts";
import { planChart } from "./plan-chart.ts";
import { planKustomize } from "./plan-kustomize.ts";
import { toPortableDependency, type PortableDependency } from "./portable-dependencies.ts";
import { toPortable } from "./portable-objects.ts";
import { previewApplication } from "./preview-application.ts";
import type { TextFile } from "./text-file.ts";

export interface ExportRequest {
  readonly applications: readonly UpRequest[];
  readonly form: "manifests" | "chart";
  /** Name of the chart; that of the application where there is one only. */
  readonly chartName: string;
  /** Where production finds the images: by application's name, or "" for all. */
  readonly images: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly outputDir: string;
  /** Writes over files of the same names; others stay. */
  readonly force: boolean;
}

export interface Exported {
  readonly outputDir: string;
  readonly applications: readonly string[];
  /** Relative to the folder. */
  readonly files: readonly string[];
}

/** Writes what `up` would apply as a Kustomize base with overlays, or as a Helm chart. Needs no cluster. */
export async function exportApplication(
  request: ExportRequest,
  environment: {
    readonly cluster: SpringCluster;
    readonly ports: UpPorts;
    readonly signal: AbortSignal;
  },
): Promise<Exported> {
  const { outputDir, force } = request;
  const previews = [];
  for (const application of request.applications) {
    previews.push(await previewApplication(application, environment));
  }
  const applications = previews.map(toPortable);
  const images = imagesOf(
    request.images,
    applications.map(({ name }) => name),
  );
  const [first] = applications;
  const isSingle = applications.length === 1 && first !== undefined;
  const options = { images, dependencies: dependenciesOf(request.applications, environment) };
  const files =
    request.form === "manifests"
      ? planKustomize(applications, options)
      : planChart(applications, { ...options, name: isSingle ? first.name : request.chartName });
  await writeFiles(files, { outputDir, force, files: environment.ports.files });
  return {
    outputDir,
    applications: applications.map(({ name }) => name),
    files: files.map(({ path }) => path),
  };
}

/** Those that one of the applications depends on. */
function dependenciesOf(
  requests: readonly UpRequest[],
  { cluster }: { readonly cluster: SpringCluster },
): readonly PortableDependency[] {
  const wanted = requests.flatMap(({ application, dependencies }) =>
    dependencies.filter(({ name }) => application.dependsOn.includes(name)),
  );
  const byName = new Map(wanted.map((config) => [config.name, config]));
  return [...byName.values()].map((config) => toPortableDependency(config, cluster));
}

/** A name that no application has is a slip of the pen, and would otherwise be lost without a word. */
function imagesOf(
  given: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).map(([name, image]) => {
      const only = names.length === 1 ? names[0] : undefined;
      const application = name === "" ? only : name;
      if (application === undefined || !names.includes(application)) {
        throw new ToolError("invalid-flag", {
          flag: "--image",
          value: name === "" ? image : `${name}=${image}`,
          reason: `it takes NAME=IMAGE, where NAME is one of ${names.join(", ")}`,
        });
      }
      return [application, image];
    }),
  );
}

async function writeFiles(
  texts: readonly TextFile[],
  {
    outputDir,
    force,
    files,
  }: { readonly outputDir: string; readonly force: boolean; readonly files: Files },
): Promise<void> {
  const there = (await files.list(outputDir)) ?? [];
  if (there.length > 0 && !force) {
    throw new ToolError("output-folder-taken", {
      dir: outputDir,
      files: [
        ...there.slice(0, 5).map(({ name }) => name),
        ...(there.length > 5 ? ["…"] : []),
      ].join(", "),
    });
  }
  for (const { path, text } of texts) {
    const full = join(outputDir, path);
    // Folders of a user's project are open to read as others are; writing alone would make them 0700.
    await files.makeDirectory(dirname(full), { mode: 0o755 });
    await files.writeTextAtomic(full, text, { mode: path.endsWith(".env") ? 0o600 : 0o644 });
  }
}
