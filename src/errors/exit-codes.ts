/**
 * The exit codes of every command. Few and permanent: scripts depend on them.
 * 70 is EX_SOFTWARE of sysexits.h; 130 and 143 are 128 + SIGINT / SIGTERM, as shells report them.
 */
export const ExitCode = {
  Ok: 0,
  Failure: 1,
  Usage: 2,
  NotFound: 3,
  Conflict: 4,
  Environment: 5,
  Timeout: 6,
  Bug: 70,
  Cancelled: 130,
  Terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each of them says, by its name. */
export const exitCodeMeanings: Readonly<Record<keyof typeof ExitCode, string>> = {
  Ok: "The work is done.",
  Failure: "The work was started and failed: a build, a cluster creation, a roll-out.",
  Usage: "The command line, a config file or a project is wrong; nothing was changed.",
  NotFound: "The thing named does not exist.",
  Conflict: "A name, port, address or lock is taken.",
  Environment: "The host lacks something: no engine, no permission, no disk space.",
  Timeout: "A deadline passed.",
  Bug: "A bug in Airfield.",
  Cancelled: "Ctrl-C (SIGINT).",
  Terminated: "SIGTERM.",
};
