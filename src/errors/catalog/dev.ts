import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";

/** Failures of the loop of `dev`, and of the commands on applications by name. */
export const devErrors = {
  "compile-failed": entry<{ project: string; lines: readonly string[] }>({
    message: ({ project, lines }) =>
      `${project} does not compile; the previous version keeps running.\n${indent(lines)}`,
    hint: () => "Fix it and save: the next save is compiled again.",
    examples: [{ project: "users", lines: ["User.java:12: error: ';' expected"] }],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "compiler-stopped": entry<{ reason: string; lines: readonly string[] }>({
    message: ({ reason, lines }) =>
      `The compiler's process ended by itself (${reason}).\n${indent(lines)}`,
    hint: () =>
      "Start it again, or have the build tool compile: airfield dev --compile-with build-tool",
    examples: [{ reason: "exit code 137", lines: ["java.lang.OutOfMemoryError: Java heap space"] }],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "application-not-found": entry<{
    name: string;
    cluster: string;
    /** Where it is, when it is in several namespaces. */
    namespaces: readonly string[];
    known: readonly string[];
  }>({
    message: ({ name, cluster, namespaces }) =>
      namespaces.length > 0
        ? `Several namespaces of cluster "${cluster}" have an application "${name}": ${namespaces.join(", ")}.`
        : `There is no application "${name}" in cluster "${cluster}".`,
    hint: ({ namespaces, known }) =>
      namespaces.length > 0
        ? `Choose one: --namespace ${namespaces[0] ?? "default"}`
        : known.length > 0
          ? `Available: ${known.join(", ")}. All of them: airfield get urls`
          : "Bring one up: airfield up DIR",
    examples: [
      { name: "users", cluster: "shop", namespaces: [], known: ["orders"] },
      { name: "users", cluster: "shop", namespaces: ["default", "staging"], known: [] },
      { name: "users", cluster: "shop", namespaces: [], known: [] },
    ],
    exitCode: ExitCode.NotFound,
  }),
  "application-not-published": entry<{ name: string }>({
    message: ({ name }) =>
      `${name} has no URL: it does not listen on a port, or its port is no longer published.`,
    hint: () =>
      "`airfield up` publishes applications that listen on a port; `airfield get urls` lists them.",
    examples: [{ name: "worker" }],
    exitCode: ExitCode.NotFound,
  }),
  "debug-not-started": entry<{ name: string; log: readonly string[] }>({
    message: ({ name, log }) =>
      `${name} did not start with the debugger's port; it runs as before.\n${indent(log)}`,
    hint: () => "Correct what its log says, or give it more time: --timeout 10m",
    examples: [{ name: "users", log: ["ERROR: transport error 202: bind failed"] }],
    exitCode: ExitCode.Failure,
  }),
  "live-not-possible": entry<{ name: string; reason: string }>({
    message: ({ name, reason }) => `${name} cannot be updated live: ${reason}.`,
    hint: () => "Leave --with out, or say --with image: then each save makes a new image.",
    examples: [{ name: "users", reason: "it has 2 replicas" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
  "javac-not-possible": entry<{ project: string; reason: string }>({
    message: ({ project, reason }) => `javac alone cannot compile ${project}: ${reason}.`,
    hint: () => "Leave --compile-with out: then the build tool compiles.",
    examples: [{ project: "users", reason: "Kotlin is compiled, too" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
} as const;

function indent(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join("\n");
}
