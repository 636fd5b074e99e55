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
    exitCode: ExitCode.Usage,
  }),
  "config-too-large": entry<
    AtPlace & { name: string; what: string; bytes: number; largest: string; largestBytes: number }
  >({
    message: ({ place, name, what, bytes, largest, largestBytes }) =>
      `${at({ place })}the ${what} of ${name} would have ${bytes} bytes, and Kubernetes takes 1048576 at most (1 MiB). ` +
      `The largest part is ${largest} with ${largestBytes} bytes. Nothing was changed in the cluster.`,
    hint: () =>
      "Put large files into the archive (src/main/resources), into the image, or on a volume.",
    exitCode: ExitCode.Usage,
  }),
  "secret-unresolved": entry<AtPlace & { key: string; reason: string }>({
    message: ({ place, key, reason }) =>
      `${at({ place })}the secret ${key} has no value: ${reason}. Nothing was changed in the cluster.`,
    hint: () =>
      "Set the variable in the environment of airfield up, or correct the reference in airfield.yaml.",
    exitCode: ExitCode.Usage,
  }),
} as const;
