import type { devErrors } from "../catalog/dev.ts";
import type { Explanation } from "./explanation.ts";

export const devExplanations = {
  "compile-failed": {
    means: "A saved change does not compile",
    why: "`dev` compiles each save as soon as it sees it, also one of several files of which the others are yet to be saved. What runs in the cluster is left as it is.",
  },
  "compiler-stopped": {
    means: "The compiler that dev keeps in memory ended",
    why: "`dev` keeps one javac running, which makes compiling a matter of milliseconds. Exit code 137 is the kernel's: it kills the process that takes most when memory runs out.",
  },
  "application-not-found": {
    means: "The cluster runs no application of this name",
    why: "Applications are found by the labels that `airfield up` gives them, in all namespaces unless --namespace says one. A Deployment that was applied by hand has none.",
  },
  "application-not-published": {
    means: "An application has no URL",
    why: "`up` leads a port of 127.0.0.1 to each application that listens on one. One without a web server has none; on a cluster that Airfield did not make there is none either.",
  },
  "debug-not-started": {
    means: "An application did not start with the debugger's port",
    why: "`debug` starts the pod once more with the JVM's debugger (JDWP). When that pod does not become ready, it is taken back, and the one before serves on.",
  },
  "live-not-possible": {
    means: "Changes cannot be put into the running pod",
    why: "Live update copies classes into one running pod, so it needs exactly one replica, an image that Airfield makes, and javac as the compiler. An image for each change works always.",
  },
  "javac-not-possible": {
    means: "The project cannot be compiled by javac alone",
    why: "The build does more than javac can: it compiles another language, weaves, or generates sources at each compilation. Then only the build tool makes the right classes.",
  },
} as const satisfies Record<keyof typeof devErrors, Explanation>;
