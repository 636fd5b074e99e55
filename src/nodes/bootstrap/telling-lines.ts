/** Lines of one component that are shown. */
const SHOWN_LINES = 3;

/** A line of Go's logs can hold a whole object. */
const SHOWN_CHARACTERS = 400;

/** What ends a program. */
const fatal = [
  /"command failed" err=/,
  /"level":"(fatal|panic)"/,
  /"msg":"failed to verify flags"/,
  /\blevel=(fatal|panic)\b/,
  /^F\d{4} /,
  /^panic: /,
  /^containerd: /,
  /^(Error|error): /,
  /^error execution phase/,
  /\bunknown (shorthand )?flag\b|flag provided but not defined/,
  /\[FATAL\]|^plugin\/\w+: |^\/etc\/coredns\/Corefile:/,
  /unrecognized feature gate/,
  // With only a warning containerd goes on without what the kubelet needs.
  /failed to load plugin.*io\.containerd\.(grpc\.v1\.cri|cri\.v1|snapshotter)/,
  /OCI runtime create failed/,
];

/** What a program complains of and goes on. */
const complaint = [
  /^E\d{4} /,
  /\blevel=error\b/,
  /"level":"error"/,
  /\[ERROR\]/,
  /no space left on device|too many open files|cannot allocate memory/i,
];

/** What every cluster says while it starts, and what is no reason but follows from one. */
const consequences =
  /plugin dependency:|checkpoint is not found|oom.score|Housekeeping took longer|connection refused|connect: no route|i\/o timeout|TLS handshake timeout|node "[^"]*" not found|"Error getting node"|nodes have not yet been built|Unable to register node|failed to ensure lease|Error updating node status|nodes? .*not found|cni config load failed|no network config found|cni plugin not initialized|CSINode|eviction manager|"CRI error: .*|stats|Failed to update (stats|lease)|context canceled|resource name may not be empty|ImageGCFailed|invalid capacity 0|bootstrap\.go|RBAC:|forbidden|restarting failed container|back-off/i;

/**
 * The lines of a node's logs that say why it has trouble: those that ended a program, if any did, else the last
 * complaints. Components that depend on others come after them. Pure.
 *
 * @param text logs, each after a line `@ COMPONENT`
 */
export function tellingLines(text: string): readonly string[] {
  const logs = readLogs(text);
  const fatals = pick(logs, (line) => matches(fatal, line) && !consequences.test(line));
  if (fatals.length > 0) return fatals;
  return pick(logs, (line) => matches(complaint, line) && !consequences.test(line));
}

/**
 * What one component says of its trouble; its last lines where nothing tells of any. Pure.
 *
 * @param text as for `tellingLines`
 */
export function wordsOf(component: string, text: string): readonly string[] {
  const lines = readLogs(text).get(component) ?? [];
  const telling = tellingLines([`@ ${component}`, ...lines].join("\n"));
  if (telling.length > 0) return telling;
  const last = lines.filter((line) => line !== "").slice(-SHOWN_LINES);
  return last.map((line) => `${component}: ${shown(line)}`);
}

function pick(
  logs: ReadonlyMap<string, readonly string[]>,
  isTelling: (line: string) => boolean,
): readonly string[] {
  return [...logs].flatMap(([component, lines]) => {
    const told = new Map(
      // The last words of each kind: a program that is started again says the same again.
      lines.filter(isTelling).map((line) => [withoutTimes(line), shown(line)] as const),
    );
    return [...told.values()].slice(-SHOWN_LINES).map((line) => `${component}: ${line}`);
  });
}

function readLogs(text: string): ReadonlyMap<string, readonly string[]> {
  const logs = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split("\n")) {
    const [, component] = /^@ ([\w.-]+)$/.exec(line) ?? [];
    if (component === undefined) current.push(withoutContainerPrefix(line).trimEnd());
    else {
      current = logs.get(component) ?? [];
      logs.set(component, current);
    }
  }
  return logs;
}

/** `2026-01-01T00:00:00.1Z stderr F …`: https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md */
function withoutContainerPrefix(line: string): string {
  return line.replace(/^\d{4}-\d\d-\d\dT\S+ (?:stdout|stderr) [FP] /, "");
}

/** Without what differs in each repetition of a line: times, process ids, positions. */
function withoutTimes(line: string): string {
  return line
    .replace(/^[EFW]\d{4} \S+ +\d+ /, "")
    .replaceAll(/"?(time|ts)"?[=:]"[^"]*",?/g, "")
    .replaceAll(/\b\d+(\.\d+)?(ms|s|m)?\b/g, "#");
}

/** The message of a klog line begins after its position. */
function shown(line: string): string {
  const text = line.replace(/^[EFW]\d{4} \S+ +\d+ \S+\] /, "").replace(/^time="[^"]*" /, "");
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function matches(patterns: readonly RegExp[], line: string): boolean {
  return patterns.some((pattern) => pattern.test(line));
}
