import * as z from "zod";
import type { airfieldSchema, AirfieldFile, KindFile } from "./config-schema.ts";
import { isMapping } from "../formats/mapping.ts";

type File = AirfieldFile | KindFile;
export type NodeFields = File["nodes"][number];
export type Application = AirfieldFile["applications"][number];
type Dependency = AirfieldFile["dependencies"][number];

/** The fields of a file that are right in themselves; absent where they are not. */
export interface Parts {
  readonly nodes: readonly Partial<NodeFields>[];
  readonly networking: Partial<File["networking"]>;
  readonly registry: Partial<AirfieldFile["registry"]>;
  readonly registries: Partial<AirfieldFile["registries"]>;
  readonly applications: readonly Partial<Application>[];
  readonly dependencies: readonly Partial<Dependency>[];
}

/** What is right of a file, so that one run tells as much as possible. */
export function partsOf(value: unknown, schema: z.ZodObject): Parts {
  // A file of kind has no registry and no applications.
  const shape = schema.shape as Partial<(typeof airfieldSchema)["shape"]>;
  const raw = isMapping(value) ? value : {};
  const each = <Type>(content: unknown, read: (item: unknown) => Type): readonly Type[] =>
    Array.isArray(content) ? content.map(read) : [];
  return {
    nodes: each(raw["nodes"], (node) => rightFields(shape.nodes?.unwrap().element, node)),
    networking: rightFields(shape.networking?.unwrap(), raw["networking"] ?? {}),
    registry: rightFields(shape.registry?.unwrap(), raw["registry"] ?? {}),
    registries: rightFields(shape.registries?.unwrap(), raw["registries"] ?? {}),
    applications: each(raw["applications"], (application) =>
      rightFields(shape.applications?.unwrap().element, application),
    ),
    dependencies: each(raw["dependencies"], (dependency) =>
      rightFields(shape.dependencies?.unwrap().element, dependency),
    ),
  };
}

function rightFields<Schema extends z.ZodObject>(
  schema: Schema | undefined,
  value: unknown,
): Partial<z.output<Schema>> {
  if (schema === undefined || !isMapping(value)) return {};
  const fields = Object.entries(schema.shape).flatMap(([name, field]) => {
    const data: unknown = z.safeParse(field, value[name]).data;
    return data === undefined ? [] : [[name, data] as const];
  });
  return Object.fromEntries(fields) as Partial<z.output<Schema>>;
}
