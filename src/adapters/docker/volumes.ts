import type { LabelFilter, WaitOptions } from "../../ports/container-engine.ts";
import { ignoring } from "./containers.ts";
import type { EngineConnection } from "./engine-connection.ts";
import { labelFilters } from "./label-filters.ts";

export async function createVolume(
  connection: EngineConnection,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await connection.call({ action: `create the volume ${name}` }, (docker) =>
    docker.createVolume({ Name: name, Labels: { ...labels } }),
  );
}

export async function removeVolume(connection: EngineConnection, name: string): Promise<void> {
  await connection.call({ action: `remove the volume ${name}` }, (docker) =>
    ignoring([404], docker.getVolume(encodeURIComponent(name)).remove()),
  );
}

export async function listVolumes(
  connection: EngineConnection,
  { labels }: LabelFilter,
): Promise<
  readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[]
> {
  const { Volumes } = await connection.call({ action: "list volumes" }, (docker) =>
    docker.listVolumes({ filters: labelFilters(labels) }),
  );
  return (Volumes ?? [])
    .map((each) => ({ name: each.Name, labels: each.Labels ?? {} }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function volumeSizes(
  connection: EngineConnection,
  { signal }: WaitOptions = {},
): Promise<ReadonlyMap<string, number>> {
  const usage = await connection.call(
    { action: "measure volumes", signal },
    (docker, abortSignal) =>
      new Promise<DiskUsage>((resolve, reject) => {
        // dockerode's own df() cannot say `type`, and measuring images too takes longer. Engines before API 1.42
        // do not know it and measure everything.
        docker.modem.dial(
          {
            path: "/system/df?",
            method: "GET",
            options: { _query: { type: "volume" } },
            ...(abortSignal === undefined ? {} : { abortSignal }),
            statusCodes: { 200: true, 500: "server error" },
          },
          (error: unknown, usage: unknown) =>
            error === null || error === undefined
              ? resolve(usage as DiskUsage)
              : // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- docker-modem's own Error
                reject(error),
        );
      }),
  );
  return new Map(
    (usage.Volumes ?? []).map(({ Name, UsageData }) => [Name, Math.max(0, UsageData?.Size ?? 0)]),
  );
}

/** The part of `GET /system/df` that is read. https://docs.docker.com/reference/api/engine/version/v1.51/#tag/System/operation/SystemDataUsage */
interface DiskUsage {
  readonly Volumes?:
    | readonly { readonly Name: string; readonly UsageData?: { readonly Size: number } | null }[]
    | null;
}
