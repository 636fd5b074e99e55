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
    exitCode: ExitCode.Usage,
  }),
} as const;
