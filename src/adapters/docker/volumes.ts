import type { LabelFilter } from "../../ports/container-engine.ts";
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
