import { stringify } from "yaml";
import type { ClusterEvent, KubernetesObject } from "../../ports/cluster-api.ts";
import { podRow } from "./pod-row.ts";
import { oneLine } from "./row-base.ts";
import { sanitisedLine } from "./sanitise.ts";

// yaml is loaded with this file, which is imported when the first document is opened.

const HIDDEN = "(hidden)";
/** Copies of the whole object, which would show what is hidden. */
const COPIES = ["kubectl.kubernetes.io/last-applied-configuration", "airfield.dev/last-applied"];

interface TextOptions {
  /** Values of Secrets and of environment variables, too. */
  readonly showsValues: boolean;
}

/** An object as YAML, without the notes on who owns which field. */
export function yamlLines(object: KubernetesObject, options: TextOptions): readonly string[] {
  return linesOf(renderYaml(shown(object, options)));
}

/** YAML as kubectl prints it: no folding of long lines, no anchors. */
export function renderYaml(data: unknown): string {
  return stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What is known of an object, for people: the facts first, then what it is to be, then what has happened. */
export function descriptionLines(
  object: KubernetesObject,
  events: readonly ClusterEvent[],
  options: TextOptions,
): readonly string[] {
  const { kind = "", metadata = {} } = object;
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true);
  const { spec, data, status } = shown(object, options) as Record<string, unknown>;
  return [
    ...fields({
      Name: metadata.name,
      Namespace: metadata.namespace,
      Created: metadata.creationTimestamp,
      "Told to end": metadata.deletionTimestamp,
      "Controlled by":
        controller === undefined ? undefined : `${controller.kind ?? ""}/${controller.name ?? ""}`,
    }),
    ...section("Labels", metadata.labels),
    ...(kind === "Pod" ? podLines(object) : []),
    ...conditionLines(object),
    ...eventLines(events),
    ...section("Annotations", withoutCopies(metadata.annotations ?? {})),
    ...section("Data", data),
    ...section("Spec", spec),
    ...section("Status", withoutConditions(status)),
  ].map(sanitisedLine);
}

function podLines(pod: KubernetesObject): readonly string[] {
  const row = podRow(pod);
  return [
    ...fields({
      Status: row.status,
      Why: row.why,
      Node: row.node,
      Address: pod.status?.podIP,
      Restarts: String(row.restarts),
    }),
    "Containers:",
    ...row.containers.map(
      ({ name, isInit, state, image, restarts }) =>
        `  ${name}${isInit ? " (init)" : ""}: ${state}, ${image}${restarts > 0 ? `, restarts: ${restarts}` : ""}`,
    ),
  ];
}

function conditionLines({ status }: KubernetesObject): readonly string[] {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return [];
  return [
    "Conditions:",
    ...conditions.map(({ type = "", status: value = "", reason, message }) => {
      const why = [reason, message].filter((text) => text !== undefined && text !== "").join(": ");
      return `  ${type}: ${value}${why === "" ? "" : ` (${oneLine(why)})`}`;
    }),
  ];
}

function eventLines(events: readonly ClusterEvent[]): readonly string[] {
  if (events.length === 0) return ["Events: none of the last hour"];
  const timeOf = ({ lastTimestamp, eventTime }: ClusterEvent) => lastTimestamp ?? eventTime ?? "";
  return [
    "Events:",
    ...events
      .toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)))
      .map((event) => {
        const { type = "", reason = "", message = "", count = 1 } = event;
        const times = count > 1 ? ` (${count} times)` : "";
        return `  ${timeOf(event)}  ${type.padEnd(7)}  ${reason}: ${oneLine(message)}${times}`;
      }),
  ];
}

function fields(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`${name}: ${value}`],
  );
}

function section(title: string, content: unknown): readonly string[] {
  const isEmpty =
    content === undefined ||
    (typeof content === "object" && Object.keys(content ?? {}).length === 0);
  if (isEmpty) return [];
  return [`${title}:`, ...linesOf(renderYaml(content)).map((line) => `  ${line}`)];
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n").map(sanitisedLine);
}

/** The object as it may be shown. */
function shown(object: KubernetesObject, { showsValues }: TextOptions): unknown {
  const metadata = Object.fromEntries(
    Object.entries(object.metadata ?? {}).filter(([key]) => key !== "managedFields"),
  );
  const visible = { ...object, metadata };
  if (showsValues) return visible;
  const annotations = withoutCopies(object.metadata?.annotations ?? {});
  const isSecret = object.kind === "Secret";
  return withoutEnv({
    ...visible,
    metadata: { ...metadata, ...(object.metadata?.annotations && { annotations }) },
    ...(isSecret && object.data ? { data: hidden(object.data) } : {}),
    ...(isSecret && "stringData" in object ? { stringData: hidden(object.stringData) } : {}),
  });
}

function withoutCopies(annotations: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !COPIES.includes(key)));
}

function withoutConditions(status: unknown): unknown {
  return Object.fromEntries(Object.entries(status ?? {}).filter(([key]) => key !== "conditions"));
}

function hidden(values: unknown): unknown {
  return Object.fromEntries(Object.keys(values ?? {}).map((key) => [key, HIDDEN]));
}

/** Hides the values of all lists of environment variables, wherever containers stand in the object. */
function withoutEnv(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEnv);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => [
      key,
      key === "env" && Array.isArray(each) ? each.map(withoutValue) : withoutEnv(each),
    ]),
  );
}

function withoutValue(variable: unknown): unknown {
  if (typeof variable !== "object" || variable === null || !("value" in variable)) return variable;
  return { ...variable, value: HIDDEN };
}
