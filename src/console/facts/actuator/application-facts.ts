import { entriesOf, fieldOf, isRecord, listOf, numberOf, textOf } from "../json-fields.ts";

export interface RequestMapping {
  /** "GET", "GET, POST"; "any" where all are taken. */
  readonly methods: string;
  readonly pattern: string;
  /** "dev.airfield.ShopController#find" */
  readonly handler: string;
  /** A browser can open it as it is: a GET without variables. */
  readonly isOpenable: boolean;
}

/** Of the answer to "mappings", of Spring MVC and WebFlux: https://docs.spring.io/spring-boot/api/rest/actuator/mappings.html */
export function mappingsOf(body: unknown): readonly RequestMapping[] {
  const handlers = entriesOf(body, "contexts").flatMap(([, context]) =>
    ["dispatcherServlets", "dispatcherHandlers"].flatMap((kind) =>
      entriesOf(context, "mappings", kind).flatMap(([, all]) => listOf(all)),
    ),
  );
  return handlers
    .flatMap(mappingsIn)
    .toSorted((a, b) => a.pattern.localeCompare(b.pattern) || a.methods.localeCompare(b.methods));
}

function mappingsIn(mapping: unknown): readonly RequestMapping[] {
  const conditions = fieldOf(mapping, "details", "requestMappingConditions");
  const type = textOf(mapping, "details", "handlerMethod", "className");
  const method = textOf(mapping, "details", "handlerMethod", "name");
  const handler =
    type === undefined ? (textOf(mapping, "handler") ?? "") : `${type}#${method ?? ""}`;
  const methods = listOf(conditions, "methods").join(", ");
  return listOf(conditions, "patterns").flatMap((pattern) =>
    typeof pattern !== "string"
      ? []
      : [
          {
            ...{ pattern, handler, methods: methods === "" ? "any" : methods },
            isOpenable: /^(|.*\bGET\b.*)$/.test(methods) && !/[{*]/.test(pattern),
          },
        ],
  );
}

export interface PropertyFacts {
  readonly name: string;
  /** As the application masks it: "******" where it shows no values. */
  readonly value: string;
  /** "class path resource [application.yaml] - 3:9"; of what has none its source's name. */
  readonly origin: string;
  /** How many sources say something else, and are not heard. */
  readonly hidden: number;
}

/** Of the answer to "env": each property as it is in force. https://docs.spring.io/spring-boot/api/rest/actuator/env.html */
export function propertiesOf(body: unknown): readonly PropertyFacts[] {
  const found = new Map<string, PropertyFacts>();
  // The first source that knows a property wins.
  for (const source of listOf(body, "propertySources")) {
    const sourceName = textOf(source, "name") ?? "";
    for (const [name, property] of entriesOf(source, "properties")) {
      const known = found.get(name);
      found.set(
        name,
        known === undefined
          ? {
              ...{ name, value: valueText(fieldOf(property, "value")), hidden: 0 },
              origin: textOf(property, "origin") ?? sourceName,
            }
          : { ...known, hidden: known.hidden + 1 },
      );
    }
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Of the answer to "configprops": https://docs.spring.io/spring-boot/api/rest/actuator/configprops.html */
export function configurationOf(body: unknown): readonly PropertyFacts[] {
  return entriesOf(body, "contexts")
    .flatMap(([, context]) => entriesOf(context, "beans"))
    .flatMap(([, bean]) =>
      flattened(textOf(bean, "prefix") ?? "", fieldOf(bean, "properties"), fieldOf(bean, "inputs")),
    )
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function flattened(name: string, value: unknown, input: unknown): readonly PropertyFacts[] {
  const inside: readonly (readonly [string, unknown, unknown])[] = Array.isArray(value)
    ? value.map((each: unknown, i) => [`${name}[${i}]`, each, listOf(input)[i]] as const)
    : entriesOf(value).map(([key, each]) => [`${name}.${key}`, each, fieldOf(input, key)] as const);
  if (inside.length > 0) {
    return inside.flatMap(([path, each, itsInput]) => flattened(path, each, itsInput));
  }
  const isEmpty = value === null || value === undefined || isRecord(value) || Array.isArray(value);
  if (isEmpty) return [];
  return [{ name, value: valueText(value), origin: textOf(input, "origin") ?? "", hidden: 0 }];
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

export interface LoggerFacts {
  readonly name: string;
  /** Of its own; undefined: it inherits its level. */
  readonly configured?: string;
  readonly effective: string;
}

/** Of the answer to "loggers": https://docs.spring.io/spring-boot/api/rest/actuator/loggers.html */
export function loggersOf(body: unknown): readonly LoggerFacts[] {
  return entriesOf(body, "loggers").map(([name, logger]) => {
    const configured = textOf(logger, "configuredLevel");
    return {
      name,
      ...(configured === undefined ? {} : { configured }),
      effective: textOf(logger, "effectiveLevel") ?? "",
    };
  });
}

export interface StartupStep {
  /** "spring.beans.instantiate" */
  readonly name: string;
  /** "beanName=entityManagerFactory" */
  readonly tags: string;
  readonly ms: number;
  /** Without its own steps. */
  readonly ownMs: number;
  readonly depth: number;
}

/**
 * Of the answer to "startup": steps in their order, each below the one that it is a part of.
 * https://docs.spring.io/spring-boot/api/rest/actuator/startup.html
 */
export function startupSteps(body: unknown): readonly StartupStep[] {
  const events = listOf(body, "timeline", "events")
    .map((event) => ({
      id: numberOf(event, "startupStep", "id") ?? -1,
      parentId: numberOf(event, "startupStep", "parentId"),
      name: textOf(event, "startupStep", "name") ?? "",
      startTime: textOf(event, "startTime") ?? "",
      ms: millisecondsOf(fieldOf(event, "duration")),
      tags: listOf(event, "startupStep", "tags")
        .map((tag) => `${textOf(tag, "key") ?? ""}=${textOf(tag, "value") ?? ""}`)
        .join(" "),
    }))
    // Events come in the order of their ends.
    .toSorted((a, b) => a.startTime.localeCompare(b.startTime) || a.id - b.id);
  const known = new Set(events.map(({ id }) => id));
  const children = Map.groupBy(events, ({ parentId }) =>
    parentId !== undefined && known.has(parentId) ? parentId : undefined,
  );
  const below = (parent: number | undefined, depth: number): readonly StartupStep[] =>
    (children.get(parent) ?? []).flatMap(({ id, name, tags, ms }) => {
      const inner = (children.get(id) ?? []).reduce((total, each) => total + each.ms, 0);
      const ownMs = Math.max(0, ms - inner);
      return [{ name, tags, ms, ownMs, depth }, ...below(id, depth + 1)];
    });
  return below(undefined, 0);
}

/** "PT1.25S" or, where the application writes durations as numbers, seconds. */
function millisecondsOf(duration: unknown): number {
  if (typeof duration === "number") return duration * 1000;
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(String(duration)) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
