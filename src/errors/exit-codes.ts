/**
 * The exit codes of every command. Few and permanent: scripts depend on them.
 * 70 is EX_SOFTWARE of sysexits.h; 130 and 143 are 128 + SIGINT / SIGTERM, as shells report them.
 */
export const ExitCode = {
  Ok: 0,
  /** The work was started and failed: a build, a cluster creation, a roll-out. */
  Failure: 1,
  /** The command line, a config file or a project is wrong; nothing was changed. */
  Usage: 2,
  /** The thing named does not exist. */
  NotFound: 3,
  /** A name, port, address or lock is taken. */
  Conflict: 4,
  /** The host lacks something: no engine, no permission, no disk space. */
  Environment: 5,
  /** A deadline passed. */
  Timeout: 6,
  /** A bug in Airfield. */
  Bug: 70,
  /** Ctrl-C (SIGINT). */
  Cancelled: 130,
  /** SIGTERM. */
  Terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
