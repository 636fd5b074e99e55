import type { springErrors } from "../catalog/spring.ts";
import type { Explanation } from "./explanation.ts";

export const springExplanations = {
  "project-folder-missing": {
    means: "The project's folder does not exist",
    why: "A path on the command line is relative to the current folder, one in airfield.yaml to the folder of that file.",
  },
  "no-spring-project": {
    means: "The folder holds no Spring Boot project",
    why: "A project has a pom.xml, build.gradle or build.gradle.kts that uses Spring Boot: its parent, its BOM or its plug-in. A folder above several projects is none itself.",
  },
  "module-not-chosen": {
    means: "A build has several applications, and none was chosen",
    why: "Modules that Spring Boot packages are applications; libraries beside them are built with whatever needs them.",
  },
  "module-not-found": {
    means: "The build has no application in the module that was named",
    why: "A module is named by its folder, as the build names it. Modules without Spring Boot's plug-in are libraries, and cannot be brought up.",
  },
  "invalid-build-file": {
    means: "A build file cannot be read",
    why: "Build files are read before the build, to know the build tool, the Java version and the modules. Nothing was built.",
  },
  "invalid-application-name": {
    means: "An application cannot have this name",
    why: "The name becomes that of a Deployment and of a Service, and so of a host inside the cluster, with the rules of host names.",
  },
  "application-name-taken": {
    means: "The cluster has something else of this name",
    why: "Airfield changes only what it has made itself, which it knows by the label app.kubernetes.io/managed-by. A Helm chart or a manifest of your own has put this object there.",
  },
  "build-tool-missing": {
    means: "The project's build tool is not installed",
    why: "A project is built by its wrapper (mvnw, gradlew), which brings the right version, else by the tool on PATH. There is neither.",
  },
  "build-tool-silent": {
    means: "A program that the build needs does not tell its version",
    why: "It is asked before anything is begun. A wrapper fetches its Maven then; behind a proxy, or with a mirror that takes connections and sends nothing, that never ends.",
  },
  "wrapper-broken": {
    means: "The project's build wrapper cannot run",
    why: "A wrapper comes with the project. Git on Windows changes its line ends, an archive loses its mode, and a .gitignore for *.jar keeps its jar out of the repository.",
  },
  "spring-boot-too-old": {
    means: "The project's Spring Boot is too old",
    why: "Older versions know neither layers nor probes for Kubernetes, and run on versions of Java that nobody maintains any more.",
  },
  "jdk-too-old": {
    means: "The project wants a newer Java than the build has",
    why: "The build runs on the JDK of JAVA_HOME, else of PATH. A compiler cannot make classes for a version of Java that is newer than its own.",
  },
  "jdk-missing": {
    means: "There is no JDK to build with",
    why: "The build tool and the compiler run on a JDK of this machine: that of JAVA_HOME, else of PATH. A JRE is not enough.",
  },
  "build-failed": {
    means: "The project does not build",
    why: "The build tool ended with a failure, whose last lines are shown; the log has all it printed. What runs in the cluster is left as it is.",
  },
  "archive-missing": {
    means: "The build made no executable jar or war",
    why: "Spring Boot's plug-in makes the archive that can be started. Without it, the build makes a plain jar, without its libraries.",
  },
  "archive-ambiguous": {
    means: "The build's folder holds several executable archives",
    why: "An archive of an earlier version stays when the version changes, because builds are not made from clean. Which one is meant cannot be known.",
  },
  "archive-damaged": {
    means: "The archive that the build made cannot be read",
    why: "It is a zip file, and its end or an entry is missing: the disk was full, or another build wrote it at the same moment.",
  },
  "docker-cli-missing": {
    means: "The docker command is needed and not installed",
    why: "Airfield makes images itself and talks to the engine directly. A Dockerfile, though, is built by `docker build`.",
  },
  "image-build-failed": {
    means: "The project's Dockerfile does not build",
    why: "`docker build` ended with a failure, whose last lines are shown. The context is the Dockerfile's project; what .dockerignore leaves out, COPY does not find.",
  },
  "image-builder-unusable": {
    means: "The image cannot be made in the way that was asked for",
    why: "build.with or --build-with names a builder that this project is not set up for. Without it, Airfield chooses one that works.",
  },
  "builder-image-unavailable": {
    means: "The builder image of buildpacks is not to be had",
    why: "Buildpacks run inside an image of more than a gigabyte, which is pulled at the first build.",
  },
  "cluster-request-failed": {
    means: "The API server refused a request",
    why: "The objects were valid for Airfield, and the cluster said no: something it refers to is missing, an admission rule forbids it, or it was changed at the same moment. The lines are the server's own.",
  },
  "context-unreachable": {
    means: "The cluster of --context does not answer",
    why: "The context's server is down or out of reach (a VPN?), or its login has expired.",
  },
  "image-not-pushed": {
    means: "An image could not be pushed",
    why: "The registry refused it or did not answer. The logins of `docker login` and of its credential helpers are used.",
  },
  "kustomization-missing": {
    means: "There is no kustomization in the folder",
    why: "A folder that `kustomize` in airfield.yaml names must hold a kustomization.yaml. The folder k8s/ of a project is used without being named.",
  },
  "kustomization-failed": {
    means: "The kustomization does not work",
    why: "Its patches are applied to the objects that Airfield makes, and one of them finds no target, or is not valid. The lines are kustomize's own.",
  },
  "kustomization-loses-object": {
    means: "The kustomization takes away what Airfield needs",
    why: "Roll-out, URL, logs and `down` find the application's objects by kind, name and namespace. After the patches one of them is not where it was.",
  },
  "output-folder-taken": {
    means: "The folder to export to is not empty",
    why: "What lies there may be yours. It is neither mixed with nor replaced by what is exported, unless you say so.",
  },
  "application-crashed": {
    means: "The application ended with a failure",
    why: "Its process ended with another exit code than 0, so Kubernetes starts it again and again, with longer and longer pauses. 137 with the reason OOMKilled means that it took more memory than its limit; 1 is Spring Boot's own after a failed start.",
  },
  "application-ended": {
    means: "The application ended by itself, as a job does",
    why: "It has no web server and nothing else that keeps the JVM running, so it was done. Kubernetes would start it again and again.",
  },
  "job-failed": {
    means: "The job ended with a failure",
    why: "Its process ended with another exit code than 0. Jobs have one pod and no second try, so that nothing is done twice.",
  },
  "job-not-ended": {
    means: "The job was not done in the time of --timeout",
    why: "The time bounds the wait and not the job, which goes on.",
  },
  "application-not-started": {
    means: "The application's container could not be started",
    why: "The node could not get its image, mount its volumes or create its container. The events of the pod say which.",
  },
  "application-not-scheduled": {
    means: "No node has room for the application",
    why: "Kubernetes reserves what pods request, whether they use it or not. Requests that are larger than what is left on every node are never scheduled.",
  },
  "application-probes-fail": {
    means: "The application runs, and its probes ask the wrong place",
    why: "The processes of the pod were looked at: they listen elsewhere than the probes ask, or the health endpoint answers with a refusal. Waiting longer would change nothing.",
  },
  "application-never-ready": {
    means: "The application was not ready in the time of --timeout",
    why: "It runs and its readiness probe does not succeed: it is still starting, or a health indicator is down, often that of a database which cannot be reached from the cluster.",
  },
  "application-not-answering": {
    means: "The application is ready and its URL does not answer",
    why: "Its probes succeed inside the cluster, but no answer came through the port of this machine: an address it is bound to, a filter, a path that takes longer than 30 s.",
  },
  "application-unreachable": {
    means: "The application would listen on a loopback address",
    why: "server.address (or the management address) names 127.0.0.1 or localhost. In a pod that is the pod itself: neither the kubelet's probes nor a Service reach it. Spring tells the address before the roll-out, so nothing is rolled out.",
  },
} as const satisfies Record<keyof typeof springErrors, Explanation>;
