import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";

/** A fault that shows only when more than the config file is known: "airfield.yaml:12: applications[0].config.files[0]". */
interface AtPlace {
  /** Undefined: no file says it, the command line does. */
  readonly place: string | undefined;
}

const at = ({ place }: AtPlace): string => (place === undefined ? "" : `${place}: `);

/** Failures of bringing up several applications together, with what they depend on. */
export const applicationErrors = {
  "config-file-missing": entry<AtPlace & { file: string }>({
    message: ({ place, file }) =>
      `${at({ place })}there is no file ${file}; nothing was changed in the cluster.`,
    hint: () => "Paths are relative to the folder of airfield.yaml.",
    examples: [
      {
        place: "airfield.yaml:12: applications[0].config.files[0]",
        file: "/home/ada/shop/users.yaml",
      },
    ],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "config-too-large": entry<
    AtPlace & { name: string; what: string; bytes: number; largest: string; largestBytes: number }
  >({
    message: ({ place, name, what, bytes, largest, largestBytes }) =>
      `${at({ place })}the ${what} of ${name} would have ${bytes} bytes, and Kubernetes allows at most 1048576 (1 MiB). ` +
      `The largest part is ${largest} with ${largestBytes} bytes. Nothing was changed in the cluster.`,
    hint: () =>
      "Put large files into the archive (src/main/resources), into the image, or on a volume.",
    examples: [
      {
        place: "airfield.yaml:12: applications[0].config",
        name: "users",
        what: "ConfigMap",
        bytes: 1300000,
        largest: "countries.json",
        largestBytes: 1290000,
      },
    ],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "secret-unresolved": entry<AtPlace & { key: string; reason: string }>({
    message: ({ place, key, reason }) =>
      `${at({ place })}the secret ${key} has no value: ${reason}. Nothing was changed in the cluster.`,
    hint: () =>
      "Set the variable in the environment of airfield up, or correct the reference in airfield.yaml.",
    examples: [
      {
        place: "airfield.yaml:14: applications[0].secrets",
        key: "MAIL_PASSWORD",
        reason: "the variable MAIL_PASSWORD is not set",
      },
    ],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "application-name-duplicate": entry<
    AtPlace & { name: string; namespace: string; first: string; second: string }
  >({
    message: ({ place, name, namespace, first, second }) =>
      `${at({ place })}two applications have the name ${name} in namespace ${namespace}: ${first} and ${second}. Nothing was changed.`,
    hint: () => "Give one of them another name (name in airfield.yaml) or another namespace.",
    examples: [
      {
        place: "airfield.yaml:9: applications[1]",
        name: "users",
        namespace: "default",
        first: "./users",
        second: "./legacy/users",
      },
    ],
    exitCode: ExitCode.Usage,
  }),
  "host-port-duplicate": entry<{ port: number; first: string; second: string }>({
    message: ({ port, first, second }) =>
      `Port ${port} of this machine cannot lead to two applications: ${first} and ${second}. Nothing was changed.`,
    hint: () =>
      "Give each a port of its own (hostPort in airfield.yaml), or none: a free one is chosen then. --port is for one application.",
    examples: [{ port: 8080, first: "users", second: "orders" }],
    exitCode: ExitCode.Usage,
  }),
  "application-unknown": entry<{ name: string; known: readonly string[] }>({
    message: ({ name, known }) =>
      `There is no application and no dependency ${name} in the config. Available: ${known.join(", ")}.`,
    hint: () => "Name one of them, or the folder of a project.",
    examples: [{ name: "user", known: ["users", "orders", "postgres"] }],
    exitCode: ExitCode.NotFound,
  }),
  "dependency-unknown": entry<
    AtPlace & { name: string; missing: string; known: readonly string[] }
  >({
    message: ({ place, name, missing, known }) =>
      `${at({ place })}${name} depends on ${missing}, and there is no such application or dependency. Available: ${known.join(", ")}.`,
    hint: () => "Correct dependsOn, or describe it under applications or dependencies.",
    examples: [
      {
        place: "airfield.yaml:9: applications[1].dependsOn",
        name: "orders",
        missing: "postgre",
        known: ["users", "postgres"],
      },
    ],
    exitCode: ExitCode.Usage,
  }),
  "dependencies-circular": entry<AtPlace & { circle: readonly string[] }>({
    message: ({ place, circle }) =>
      `${at({ place })}applications wait for each other in a circle: ${circle.join(" → ")}. Nothing was changed.`,
    hint: () =>
      "Take one of them out of dependsOn: that application has to start without the other.",
    examples: [
      { place: "airfield.yaml:9: applications[1].dependsOn", circle: ["users", "orders", "users"] },
    ],
    exitCode: ExitCode.Usage,
  }),
  "prerequisites-missing": entry<{ name: string; missing: readonly string[] }>({
    message: ({ name, missing }) =>
      `${name} was not rolled out, because it depends on ${missing.join(", ")}; what was running keeps running.`,
    hint: () => "Correct what failed first, and run the same command again.",
    examples: [{ name: "orders", missing: ["users"] }],
    exitCode: ExitCode.Failure,
  }),
  "applications-not-up": entry<{
    isUp: readonly string[];
    failed: readonly string[];
    notStarted: readonly string[];
  }>({
    message: ({ isUp, failed, notStarted }) =>
      [
        `Not all came up. Up: ${isUp.length === 0 ? "none" : isUp.join(", ")}.`,
        `Failed: ${failed.join(", ")}.`,
        ...(notStarted.length === 0 ? [] : [`Not started: ${notStarted.join(", ")}.`]),
      ].join(" "),
    hint: () =>
      "Correct what failed and run the same command again; what is up is not built or restarted again.",
    examples: [{ isUp: ["postgres"], failed: ["users"], notStarted: ["orders"] }],
    exitCode: ExitCode.Failure,
  }),
  "dependency-not-ready": entry<{
    name: string;
    namespace: string;
    type: string;
    pod: string;
    reason: string;
    events: readonly string[];
    log: readonly string[];
  }>({
    message: ({ name, type, pod, reason, events, log }) =>
      [
        `The ${type} ${name} did not come up (pod ${pod}): ${reason}.`,
        ...(events.length === 0
          ? []
          : ["Events of the pod:", ...events.map((line) => `    ${line}`)]),
        ...(log.length === 0 ? [] : ["Its last log lines:", ...log.map((line) => `    ${line}`)]),
      ].join("\n"),
    hint: ({ name, namespace }) =>
      `Look at it: kubectl describe pod -n ${namespace} ${name}-0. Its data stays; airfield down ${name} --data removes it.`,
    examples: [
      {
        name: "postgres",
        namespace: "default",
        type: "postgresql",
        pod: "postgres-0",
        reason: "its volume is full",
        events: ["Back-off restarting failed container"],
        log: ["FATAL: could not write lock file: No space left on device"],
      },
    ],
    exitCode: ExitCode.Timeout,
  }),
} as const;
