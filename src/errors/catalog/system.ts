import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";

/** Failures of the command line and of the host's files and programs. */
export const systemErrors = {
  cancelled: entry<{ what: string }>({
    message: ({ what }) => `${what} was cancelled.`,
    hint: () =>
      "Run the command again to continue from what is there. What was being created has been removed, unless --retain keeps it.",
    examples: [{ what: 'Creating cluster "shop"' }],
    exitCode: ExitCode.Cancelled,
  }),
  "invalid-usage": entry<{ reason: string }>({
    message: ({ reason }) => reason,
    hint: () => "See the command's options with --help.",
    examples: [{ reason: "a command needs an application's name" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
  "invalid-flag": entry<{ flag: string; value: string; reason: string }>({
    message: ({ flag, value, reason }) =>
      `${flag} does not take "${value}": ${reason}${/\?$/.test(reason) ? "" : "."}`,
    hint: () => "See the command's options with --help.",
    examples: [{ flag: "--workers", value: "many", reason: "it takes a whole number" }],
    exitCode: ExitCode.Usage,
  }),
  /** `paths`: all that are missing, where several were asked for at once; `path` is the first of them. */
  "file-not-found": entry<{ path: string; purpose: string; paths?: readonly string[] }>({
    message: ({ path, purpose, paths = [path] }) =>
      paths.length === 1
        ? `There is no file ${path} (${purpose}).`
        : `${paths.length} files do not exist (${purpose}):\n` +
          paths.map((each) => `  ${each}`).join("\n"),
    hint: ({ path, paths = [path] }) =>
      paths.length === 1
        ? "Check the path; it is taken relative to the current folder."
        : "Check the paths; they are taken relative to the current folder.",
    examples: [
      { path: "shop.tar", purpose: "an archive of images" },
      { path: "a.tar", purpose: "archives of images", paths: ["a.tar", "b.tar"] },
    ],
    exitCode: ExitCode.NotFound,
  }),
  "file-unreadable": entry<{ path: string; reason: string }>({
    message: ({ path, reason }) => `${path} cannot be read: ${reason}.`,
    hint: ({ path }) => `Check its owner and mode: ls -l ${path}`,
    examples: [{ path: "/home/ada/airfield.yaml", reason: "permission denied" }],
    exitCode: ExitCode.Environment,
  }),
  "file-unwritable": entry<{ path: string; reason: string }>({
    message: ({ path, reason }) => `${path} cannot be written: ${reason}.`,
    hint: ({ path }) => `Check the owner, the mode and the free space: ls -l ${path}; df -h`,
    examples: [{ path: "/home/ada/.kube/config", reason: "the file system is read-only" }],
    exitCode: ExitCode.Environment,
  }),
  "kubectl-missing": entry<{ purpose: string }>({
    message: ({ purpose }) => `kubectl is needed to ${purpose}, and it is not on PATH.`,
    hint: () =>
      "Install kubectl (https://kubernetes.io/docs/tasks/tools/); Airfield's own clusters do not need it.",
    examples: [{ purpose: "reach the cluster of --context" }],
    exitCode: ExitCode.Environment,
  }),
  "program-not-found": entry<{ program: string; purpose: string }>({
    message: ({ program, purpose }) => `The program "${program}" is not installed (${purpose}).`,
    hint: ({ program }) => `Install ${program}, or put it on PATH.`,
    examples: [{ program: "helm", purpose: "to install a chart" }],
    exitCode: ExitCode.Environment,
  }),
  "error-code-unknown": entry<{ code: string; near: readonly string[] }>({
    message: ({ code }) => `No error and no warning has the code "${code}".`,
    hint: ({ near }) =>
      `${near.length === 0 ? "" : `Did you mean ${near.join(" or ")}? `}List all codes with: airfield explain`,
    examples: [
      { code: "port-takn", near: ["port-taken"] },
      { code: "shop", near: [] },
    ],
    exitCode: ExitCode.NotFound,
  }),
} as const;
