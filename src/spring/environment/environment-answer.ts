import { z } from "zod";
import type { PropertyLookup } from "../project/application-properties.ts";
import { CONFIG_FOLDER, SECRETS_FOLDER } from "../objects/plan-contents.ts";
import { readJson } from "../read-json.ts";

const placeSchema = z.object({
  text: z.string(),
  variable: z.string().optional(),
  resource: z.string().optional(),
  url: z.string().optional(),
  line: z.number().optional(),
});

const propertySchema = z.object({ value: z.string().optional(), origin: z.array(placeSchema) });

const answerSchema = z.object({
  springBoot: z.string().nullable(),
  web: z.enum(["servlet", "reactive", "none"]).nullable(),
  profiles: z.array(z.string()),
  ownProfiles: propertySchema.nullable(),
  properties: z.record(z.string(), propertySchema),
  classes: z.array(z.string()).nullable(),
});

/** What Spring Boot has said of an application's environment, as EnvironmentReader.java tells it. */
export const environmentSchema = z.object({
  springBoot: z.string(),
  web: z.enum(["servlet", "reactive", "none"]),
  /** All that are active, groups and includes among them. */
  profiles: z.array(z.string()),
  /** Those that the application activates by itself, whatever variables say; absent without any. */
  ownProfiles: z.object({ names: z.array(z.string()), origin: z.array(z.string()) }).optional(),
  properties: z.record(
    z.string(),
    z.object({ value: z.string().optional(), origin: z.array(z.string()) }),
  ),
});

export type EnvironmentAnswer = z.infer<typeof environmentSchema>;

/** With the own classes that had a part in it; undefined where that is not known. */
export interface ReadAnswer {
  readonly answer: EnvironmentAnswer;
  readonly classes: readonly string[] | undefined;
}

const MARK = "airfield-environment ";

/** The last line that is an answer; undefined where there is none. */
export function readAnswer(lines: readonly string[]): ReadAnswer | undefined {
  const line = lines.findLast((each) => each.startsWith(MARK));
  const read = line === undefined ? undefined : readJson(line.slice(MARK.length), answerSchema);
  if (read === undefined || read.web === null) return undefined;
  const { profiles, ownProfiles, properties } = read;
  const names = (ownProfiles?.value ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.includes("${"));
  return {
    answer: {
      ...{ springBoot: read.springBoot ?? "", web: read.web, profiles },
      ...(names.length === 0 || ownProfiles === null
        ? {}
        : { ownProfiles: { names, origin: ownProfiles.origin.map(describePlace) } }),
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, { value, origin }]) => [
          key,
          { ...(value === undefined ? {} : { value }), origin: origin.map(describePlace) },
        ]),
      ),
    },
    classes: read.classes ?? undefined,
  };
}

export function lookupIn({ properties }: EnvironmentAnswer): PropertyLookup {
  return (key) => {
    const property = properties[key];
    return property === undefined ? undefined : { value: property.value, origin: property.origin };
  };
}

/**
 * A place of Spring's in the words of the project: a file of its resources, of another module, of the config.
 * https://docs.spring.io/spring-boot/api/java/org/springframework/boot/origin/Origin.html
 */
function describePlace({
  text,
  variable,
  resource,
  url,
  line,
}: z.infer<typeof placeSchema>): string {
  if (variable !== undefined) return `the variable ${variable}`;
  const at = line === undefined ? "" : `:${line}`;
  const onClassPath = /^class path resource \[(.+)\]$/.exec(resource ?? "")?.[1];
  if (onClassPath !== undefined) {
    const library = /\/([^/]+\.jar)!/.exec(url ?? "")?.[1];
    return library === undefined || library === "application.jar"
      ? `src/main/resources/${onClassPath}${at}`
      : `${onClassPath}${at} in ${library}`;
  }
  // A folder that is looked through for files gives URLs.
  const file = /^(?:file \[|URL \[file:)(.+)\]$/.exec(resource ?? "")?.[1];
  if (file?.startsWith(`${CONFIG_FOLDER}/`) === true) {
    return `${file.slice(CONFIG_FOLDER.length + 1)}${at}`;
  }
  if (file?.startsWith(`${SECRETS_FOLDER}/`) === true) {
    return `the secret ${file.slice(SECRETS_FOLDER.length + 1)}`;
  }
  const source = /from property source "(.+)"$/.exec(text)?.[1];
  if (source === "defaultProperties") return "the code (default properties of SpringApplication)";
  if (source === "systemProperties") return "a system property (-D, or set by the code)";
  if (source === "spring.application.json") return "the variable SPRING_APPLICATION_JSON";
  return file === undefined ? text : `${file}${at}`;
}
