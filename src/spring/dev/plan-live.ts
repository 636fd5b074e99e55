import { toContainerText } from "../objects/container-text.ts";
import type { PodTemplate } from "../rollout/special-mode.ts";
import type { BootArchive } from "../image/boot-archive.ts";
import type { LibraryPath } from "../image/library-path.ts";
import { APPLICATION_ARCHIVE, APPLICATION_FOLDER, type ClassFile } from "../image/plan-content.ts";
import superviseScript from "./supervise.sh";

export const LIVE_VOLUME = "airfield-live";
const LIVE_FOLDER = "/airfield/live";
const CLASSES = "classes";
/** Of the JVM; what a new pod waits for. supervise.sh knows it, too, and {@link ORDERS}. */
const ARGUMENTS = "arguments";
const DEVTOOLS = "devtools.jar";
/** A named pipe: who writes a line to it has the JVM started again. */
const ORDERS = "orders";
/** In the folder of classes: spring-boot-devtools restarts the application when it changes. */
const TRIGGER = ".airfield-reload";
/** The sockets that listened on the application's port before the last order. */
const SOCKETS = "sockets";
const LOOK_MS = 100;
const PROBE_FAILURES = 10_000;

/** The pod that takes classes while it runs. Its probes must not restart it while its JVM is started again. */
export function planLiveTemplate(template: PodTemplate, image?: string): PodTemplate {
  const [container, ...others] = template.spec.containers;
  const { livenessProbe: _, lifecycle: __, ...rest } = container;
  const patient = (probe: unknown) =>
    probe === undefined ? {} : { ...(probe as object), failureThreshold: PROBE_FAILURES };
  const { startupProbe, readinessProbe, volumeMounts = [] } = container;
  const plain = ["java", "-jar", "application.jar"];
  return {
    ...template,
    spec: {
      ...template.spec,
      volumes: [...(template.spec.volumes ?? []), { name: LIVE_VOLUME, emptyDir: {} }],
      containers: [
        {
          ...rest,
          ...(image === undefined ? {} : { image }),
          command: ["sh", "-c", toContainerText(superviseScript), "live", LIVE_FOLDER, ...plain],
          volumeMounts: [...volumeMounts, { name: LIVE_VOLUME, mountPath: LIVE_FOLDER }],
          ...(startupProbe === undefined ? {} : { startupProbe: patient(startupProbe) }),
          ...(readinessProbe === undefined ? {} : { readinessProbe: patient(readinessProbe) }),
        },
        ...others,
      ],
    },
  };
}

/**
 * The JVM's arguments for classes in a folder and libraries in the image, in the archive's order. Undefined when the
 * archive's image is no jar with its libraries beside it.
 */
export function planLiveArguments(
  { manifest, classPath }: Pick<BootArchive, "manifest" | "classPath">,
  { hasDevtools }: { readonly hasDevtools: boolean },
): string | undefined {
  const mainClass = manifest.main.get("Start-Class");
  if (mainClass === undefined || classPath === undefined) return undefined;
  const libraries = manifest.main.get("Spring-Boot-Lib") ?? "BOOT-INF/lib/";
  const path = [
    `${LIVE_FOLDER}/${CLASSES}`,
    ...(hasDevtools ? [`${LIVE_FOLDER}/${DEVTOOLS}`] : []),
    ...classPath.map((name) => `${APPLICATION_FOLDER}/lib/${name.replace(libraries, "")}`),
  ];
  const devtools = [
    `-Dspring.devtools.restart.trigger-file=${TRIGGER}`,
    "-Dspring.devtools.restart.poll-interval=150ms",
    "-Dspring.devtools.restart.quiet-period=50ms",
    "-Dspring.devtools.livereload.enabled=false",
  ];
  return [...(hasDevtools ? devtools : []), `-cp "${path.join(":")}"`, mainClass, ""].join("\n");
}

/** The same with the libraries first and the archive of their classes, which the image has. */
export function planArchivedArguments(
  { mainClass, libraries, own }: LibraryPath,
  archiveFile: string,
): string {
  const modules = own.filter((path) => path !== `${APPLICATION_FOLDER}/${APPLICATION_ARCHIVE}`);
  const path = [...libraries, `${LIVE_FOLDER}/${CLASSES}`, ...modules];
  return [
    `-XX:SharedArchiveFile=${APPLICATION_FOLDER}/${archiveFile}`,
    `-cp "${path.join(":")}"`,
    ...[mainClass, ""],
  ].join("\n");
}

/** What a pod that has just come gets: everything, and last what it waits for. */
export function planFilling(
  classes: readonly Pick<ClassFile, "path" | "content">[],
  {
    jvm,
    devtools,
    port,
  }: {
    readonly jvm: string;
    readonly devtools: Uint8Array | undefined;
    readonly port: number | undefined;
  },
): string {
  return script([
    ...rememberingSockets(port),
    // Filled before, and running: what is there is of an earlier time.
    `[ ! -f ${ARGUMENTS} ] || runs=yes`,
    `rm -rf ${CLASSES}`,
    ...classes.flatMap(({ path, content }) => writing(`${CLASSES}/${path}`, content)),
    ...(devtools === undefined ? [] : writing(DEVTOOLS, devtools)),
    ...writing(`${CLASSES}/${TRIGGER}`, Buffer.alloc(0)),
    ...writing(`${ARGUMENTS}.new`, Buffer.from(jvm)),
    `mv ${ARGUMENTS}.new ${ARGUMENTS}`,
    `[ -z "$runs" ] || echo restart >${ORDERS}`,
  ]);
}

/** Changed classes (undefined: removed), and the order to take them. */
export function planUpdate(
  changes: readonly { readonly path: string; readonly content: Uint8Array | undefined }[],
  { hasDevtools, port }: { readonly hasDevtools: boolean; readonly port: number | undefined },
): string {
  return script([
    ...rememberingSockets(port),
    ...changes.flatMap(({ path, content }) =>
      content === undefined
        ? [`rm -f ${quoted(`${CLASSES}/${path}`)}`]
        : writing(`${CLASSES}/${path}`, content),
    ),
    // Its time is what counts, in milliseconds.
    hasDevtools ? `date +%s%N >${CLASSES}/${TRIGGER}` : `echo restart >${ORDERS}`,
  ]);
}

/**
 * Ends when the application listens on its port by another socket than before the last order: then it has started
 * again, in a new JVM or in the same one, whatever its log says.
 * @param withinMs afterwards nobody waits for it any more
 */
export function planListening(port: number, withinMs: number): string {
  return script([
    socketsOn(port),
    `read -r before <${SOCKETS} || :`,
    "tries=0",
    `while [ "$tries" -lt ${Math.ceil(withinMs / LOOK_MS)} ]; do`,
    "  for socket in $(sockets); do",
    '    case " $before " in *" $socket "*) ;; *) exit 0 ;; esac',
    "  done",
    `  sleep ${LOOK_MS / 1000}`,
    "  tries=$((tries + 1))",
    "done",
    "exit 1",
  ]);
}

function rememberingSockets(port: number | undefined): readonly string[] {
  return port === undefined ? [] : [socketsOn(port), `sockets >${SOCKETS}`];
}

/**
 * A function that prints the inodes of the sockets that listen (state 0A) on the port.
 * https://docs.kernel.org/networking/proc_net_tcp.html
 */
function socketsOn(port: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return `sockets() {
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$table" ] || continue
    while read -r _ local _ state _ _ _ _ _ inode _; do
      case "$local $state" in *":${hex} 0A") printf '%s ' "$inode" ;; esac
    done <"$table"
  done
}`;
}

/** For a shell in the pod, read from stdin: no other program of the pod's user can be relied on. */
function script(lines: readonly string[]): string {
  return ["set -e", "runs=", `cd ${LIVE_FOLDER}`, ...lines, ""].join("\n");
}

function writing(path: string, content: Uint8Array): readonly string[] {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  return [
    ...(folder === "" ? [] : [`mkdir -p ${quoted(folder)}`]),
    `base64 -d >${quoted(path)} <<'EOF'`,
    Buffer.from(content).toString("base64"),
    "EOF",
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
