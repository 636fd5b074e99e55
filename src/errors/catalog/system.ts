import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";

/** Failures of the command line and of the host's files and programs. */
export const systemErrors = {
  cancelled: entry<{ what: string }>({
    message: ({ what }) => `${what} was cancelled.`,
    hint: () =>
      "Run the command again when you like: it goes on from what there is. What was being created is removed again, unless --retain keeps it.",
    exitCode: ExitCode.Cancelled,
  }),
  "invalid-usage": entry<{ reason: string }>({
    message: ({ reason }) => reason,
    hint: () => "See the command's options with --help.",
    exitCode: ExitCode.Usage,
  }),
  "invalid-flag": entry<{ flag: string; value: string; reason: string }>({
    message: ({ flag, value, reason }) =>
      `${flag} does not take "${value}": ${reason}${/\?$/.test(reason) ? "" : "."}`,
    hint: () => "See the command's options with --help.",
    exitCode: ExitCode.Usage,
  }),
  /** `paths`: all that are missing, where several were asked for at once; `path` is the first of them. */
  "file-not-found": entry<{ path: string; purpose: string; paths?: readonly string[] }>({
    message: ({ path, purpose, paths = [path] }) =>
      paths.length === 1
        ? `There is no file ${path} (${purpose}).`
        : `${paths.length} files are not there (${purpose}):\n` +
          paths.map((each) => `  ${each}`).join("\n"),
    hint: ({ path, paths = [path] }) =>
      paths.length === 1
        ? "Check the path; it is taken relative to the current folder."
        : "Check the paths; they are taken relative to the current folder.",
    exitCode: ExitCode.NotFound,
  }),
  "file-unreadable": entry<{ path: string; reason: string }>({
    message: ({ path, reason }) => `${path} cannot be read: ${reason}.`,
    hint: ({ path }) => `Look at its owner and mode: ls -l ${path}`,
    exitCode: ExitCode.Environment,
  }),
  "file-unwritable": entry<{ path: string; reason: string }>({
    message: ({ path, reason }) => `${path} cannot be written: ${reason}.`,
    hint: ({ path }) => `Look at the owner, the mode and the free space: ls -l ${path}; df -h`,
    exitCode: ExitCode.Environment,
  }),
  "kubectl-missing": entry<{ purpose: string }>({
    message: ({ purpose }) => `kubectl is needed to ${purpose}, and it is not on PATH.`,
    hint: () =>
      "Install kubectl (https://kubernetes.io/docs/tasks/tools/); on a cluster of Airfield's none is needed.",
    exitCode: ExitCode.Environment,
  }),
  "program-not-found": entry<{ program: string; purpose: string }>({
    message: ({ program, purpose }) => `The program "${program}" is not installed (${purpose}).`,
    hint: ({ program }) => `Install ${program}, or put it on PATH.`,
    exitCode: ExitCode.Environment,
  }),
} as const;
