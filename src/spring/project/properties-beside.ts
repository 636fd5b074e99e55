import type { PropertiesFile } from "./read-properties-files.ts";
import type { Contents } from "./read-contents.ts";

/** The configuration files among those that the pod finds beside the archive, by their names as Spring Boot knows them. */
export function propertiesBeside({ config }: Pick<Contents, "config">): readonly PropertiesFile[] {
  const files = Object.entries(config).flatMap(([path, bytes]): PropertiesFile[] => {
    const [, profile, extension] =
      /^application(?:-(.+))?\.(yaml|yml|properties)$/.exec(path) ?? [];
    if (extension === undefined) return [];
    const text = Buffer.from(bytes).toString("utf8");
    return [{ path, text, ...(profile === undefined ? {} : { profile }), stage: "beside" }];
  });
  // Of two with the same name .properties wins, and .yaml loses.
  const rank = ({ path }: PropertiesFile) =>
    [".yaml", ".yml", ".properties"].findIndex((extension) => path.endsWith(extension));
  return files.toSorted((a, b) => rank(a) - rank(b));
}
