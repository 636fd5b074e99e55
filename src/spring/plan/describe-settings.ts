import type { EnvironmentAnswer } from "../environment/environment-answer.ts";
import type { Settings } from "../project/read-settings.ts";

/** Where the ports and paths of an application's objects come from; plain data, printed by --dry-run. */
export interface SettingsReport {
  /** "Spring Boot 3.5.16", or who has read the files in its place. */
  readonly readBy: string;
  readonly settings: readonly SettingOrigin[];
}

export interface SettingOrigin {
  /** "port", "profiles", "context path" … */
  readonly name: string;
  readonly value: string;
  /** Absent: a default. */
  readonly property?: string;
  /** Where the property is set, and what imports that file. */
  readonly origin: readonly string[];
}

const GUESSED = "Airfield, from its configuration files";

/** What is set, and the port in any case. */
export function describeSettings(
  { properties, profiles, lookup, web }: Settings,
  environment: EnvironmentAnswer | undefined,
): SettingsReport {
  const readBy = environment === undefined ? GUESSED : `Spring Boot ${environment.springBoot}`;
  const of = (name: string, property: string, value: string | undefined): SettingOrigin[] => {
    const found = lookup(property);
    if (found === undefined || value === undefined) return [];
    return [{ name, value, property, origin: found.origin }];
  };
  const { serverPort, management, contextPath } = properties;
  const port = serverPort === undefined ? "chosen by Airfield" : String(serverPort);
  const own = environment?.ownProfiles;
  const kept = own?.names.filter((name) => profiles.includes(name)) ?? [];
  return {
    readBy,
    settings: [
      ...(profiles.length === 0
        ? []
        : [
            {
              ...{ name: "profiles", value: profiles.join(",") },
              origin:
                kept.length === 0
                  ? []
                  : [`${kept.join(",")} from ${own?.origin.join(", imported by ")}`],
            },
          ]),
      ...(web === "none"
        ? []
        : properties.isServerPortGiven
          ? of("port", "server.port", port)
          : [{ name: "port", value: port, origin: [] }]),
      ...of("address", "server.address", properties.serverAddress),
      ...of(
        "context path",
        web === "reactive" ? "spring.webflux.base-path" : "server.servlet.context-path",
        contextPath,
      ),
      ...of("management port", "management.server.port", text(management.port)),
      ...of(
        "management address",
        "management.server.address",
        lookup("management.server.address")?.value,
      ),
      ...of("health path", "management.endpoints.web.base-path", management.healthPath),
      ...(properties.scheme === "https"
        ? ["server.ssl.bundle", "server.ssl.key-store", "server.ssl.certificate"].flatMap((key) =>
            of("scheme", key, "https"),
          )
        : []),
      ...of("shutdown", "server.shutdown", lookup("server.shutdown")?.value),
    ],
  };
}

/** "port 8047: server.port in src/main/resources/shared/server.yml:2, imported by …" */
export function settingLine({ name, value, property, origin }: SettingOrigin): string {
  const where = origin.join(", imported by ");
  if (property === undefined) return `${name} ${value}: ${where === "" ? "a default" : where}`;
  return `${name} ${value}: ${property} in ${where}`;
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
