import type { systemErrors } from "../catalog/system.ts";
import type { Explanation } from "./explanation.ts";

export const systemExplanations = {
  cancelled: {
    means: "The command was stopped by Ctrl-C or by a signal",
    why: "The first signal ends the work in an orderly way: programs that run are stopped, and a cluster that was only half made is removed again. A second Ctrl-C ends the command at once, and may leave things behind.",
  },
  "invalid-usage": {
    means: "The command line does not fit the command",
    why: "A word, a flag or a combination of them is not one that the command takes. It was found before anything was done.",
  },
  "invalid-flag": {
    means: "A flag has a value that it does not take",
    why: "The same rules hold for the environment variable that stands for the flag. It was found before anything was done.",
  },
  "file-not-found": {
    means: "A file that the command line names does not exist",
    why: "Paths are taken relative to the folder that the command is run in. Shells replace ~ at the beginning of a word only: --config=~/airfield.yaml names a folder called ~ to most of them.",
  },
  "file-unreadable": {
    means: "A file exists and cannot be read",
    why: "The operating system refused it: most often the file belongs to another user, or is a folder. Files made by a command under sudo belong to root.",
  },
  "file-unwritable": {
    means: "A file cannot be written",
    why: "The operating system refused it: the file or its folder belongs to another user, the file system is read-only, or it is full.",
  },
  "kubectl-missing": {
    means: "The program kubectl is needed and not installed",
    why: "Airfield's own clusters are reached without kubectl on this machine. A cluster elsewhere (--context) is reached by the kubectl that its owner uses, because only that knows its logins and plug-ins.",
  },
  "program-not-found": {
    means: "A program that the command runs is not installed",
    why: "`airfield run` starts what stands behind --, and looks for it on PATH as a shell does. Aliases and functions of the shell are not found.",
  },
  "error-code-unknown": {
    means: "There is no error and no warning of this code",
    why: "Codes are in lower case, with dashes between words. They never change, but a newer version may know more of them than this one.",
  },
} as const satisfies Record<keyof typeof systemErrors, Explanation>;
