import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";

/** One fault in a config file. */
export interface ConfigFault {
  /** 1-based; 0 when the fault concerns the file as a whole. */
  readonly line: number;
  /** Path inside the document, as `nodes[1].role`; empty for the whole. */
  readonly path: string;
  readonly reason: string;
}

/** Faults of config files. */
export const configErrors = {
  "invalid-config": entry<{ file: string; faults: readonly ConfigFault[] }>({
    message: ({ file, faults }) =>
      `${file} has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}; nothing was created:\n` +
      faults
        .map(
          ({ line, path, reason }) =>
            `  ${file}${line > 0 ? `:${line}` : ""}: ${path === "" ? "" : `${path}: `}${reason}`,
        )
        .join("\n"),
    hint: () =>
      "The fields are described in schema/airfield.schema.json and in docs/configuration.md.",
    examples: [
      {
        file: "airfield.yaml",
        faults: [
          { line: 4, path: "nodes[1].role", reason: '"woker" is no role; did you mean worker?' },
        ],
      },
      {
        file: "airfield.yaml",
        faults: [
          { line: 3, path: "name", reason: "it is too long" },
          { line: 9, path: "applications[0].replicas", reason: "it takes a whole number" },
        ],
      },
    ],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "kubernetes-version-invalid": entry<{ version: string }>({
    message: ({ version }) => `"${version}" is not a Kubernetes version.`,
    hint: () =>
      "A node image states its version in /kind/version, for example v1.34.4. Use a kindest/node image or leave --image out.",
    examples: [{ version: "latest" }],
    exitCode: ExitCode.Usage,
  }),
  "patch-failed": entry<{ target: string; reason: string }>({
    message: ({ target, reason }) => `A patch of ${target} cannot be applied: ${reason}.`,
    hint: () =>
      "See what can be patched with --dry-run; docs/configuration.md describes how patches apply.",
    examples: [{ target: "ClusterConfiguration", reason: "/apiServer/extraArgs/7 does not exist" }],
    exitCode: ExitCode.Usage,
  }),
} as const;
