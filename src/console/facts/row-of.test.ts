import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { EventRow, RowKind } from "../model/rows.ts";
import { podRow, printedStatus } from "./pod-row.ts";
import { podWhy, whyOf } from "./pod-why.ts";
import { rowOf } from "./row-of.ts";

type Status = NonNullable<KubernetesObject["status"]>;
type Statuses = NonNullable<Status["containerStatuses"]>;
type State = NonNullable<Statuses[number]["state"]>;

const ready = [{ type: "Ready", status: "True" }];
const running = (changes: Partial<Statuses[number]> = {}): Statuses[number] => ({
  ...{ name: "application", ready: true, state: { running: {} }, ...changes },
});
const waiting = (reason: string, message?: string): State => ({
  waiting: { reason, ...(message === undefined ? {} : { message }) },
});
const ended = (exitCode: number, reason = "Error"): State => ({ terminated: { exitCode, reason } });
const oom = ended(137, "OOMKilled");

function aPod(
  status: Status,
  { initContainers, isDeleted = false }: { initContainers?: unknown; isDeleted?: boolean } = {},
): KubernetesObject {
  return {
    metadata: {
      ...{ name: "shop-7f-x2", namespace: "dev", uid: "1" },
      creationTimestamp: "2026-01-01T00:00:00Z",
      labels: { "app.kubernetes.io/name": "shop", "app.kubernetes.io/managed-by": "airfield" },
      ownerReferences: [{ kind: "ReplicaSet", name: "shop-7f", uid: "rs", controller: true }],
      ...(isDeleted ? { deletionTimestamp: "2026-01-01T00:01:00Z" } : {}),
    },
    spec: {
      nodeName: "worker",
      containers: [
        {
          ...{ name: "application", image: "shop:1" },
          ports: [{ name: "http", containerPort: 8080 }],
          resources: { limits: { memory: "512Mi", cpu: "500m" } },
        },
        { name: "sidecar", image: "proxy:2" },
      ],
      ...(initContainers === undefined ? {} : { initContainers: initContainers as never }),
    },
    status,
  };
}

const phase = (of: string, ...containerStatuses: Statuses): Status => ({
  ...{ phase: of, containerStatuses, conditions: ready },
});

describe("a pod's status is what kubectl prints", () => {
  const twoInits = [{ name: "first" }, { name: "second" }];
  const sidecar = [{ name: "first", restartPolicy: "Always" }];
  const init = (...initContainerStatuses: Statuses): Status => ({
    ...{ phase: "Pending", initContainerStatuses },
    containerStatuses: [running({ ready: false, state: waiting("PodInitializing") })],
  });
  test.each<[string, KubernetesObject, string]>([
    ["running", aPod(phase("Running", running())), "Running"],
    ["nothing known", {}, "Unknown"],
    ["not scheduled", aPod({ phase: "Pending" }), "Pending"],
    [
      "being made",
      aPod(phase("Pending", { state: waiting("ContainerCreating") })),
      "ContainerCreating",
    ],
    [
      "crashing",
      aPod(phase("Running", { state: waiting("CrashLoopBackOff") })),
      "CrashLoopBackOff",
    ],
    [
      "no image",
      aPod(phase("Pending", { state: waiting("ImagePullBackOff") })),
      "ImagePullBackOff",
    ],
    ["ended", aPod(phase("Succeeded", { state: ended(0, "Completed") })), "Completed"],
    ["failed", aPod(phase("Failed", { state: ended(1) })), "Error"],
    [
      "killed by a signal",
      aPod(phase("Failed", { state: { terminated: { signal: 9 } } })),
      "Signal:9",
    ],
    ["no reason", aPod(phase("Failed", { state: { terminated: { exitCode: 3 } } })), "ExitCode:3"],
    ["evicted", aPod({ phase: "Failed", reason: "Evicted" }), "Evicted"],
    ["told to end", aPod(phase("Running", running()), { isDeleted: true }), "Terminating"],
    ["told to end, and done", aPod({ phase: "Succeeded" }, { isDeleted: true }), "Succeeded"],
    [
      "its node lost",
      aPod({ phase: "Running", reason: "NodeLost" }, { isDeleted: true }),
      "Unknown",
    ],
    [
      "one container done, one running",
      aPod(phase("Running", { state: ended(0, "Completed") }, running())),
      "Running",
    ],
    [
      "the same, not ready",
      aPod({ ...phase("Running", { state: ended(0, "Completed") }, running()), conditions: [] }),
      "NotReady",
    ],
    [
      "the first container counts",
      aPod(phase("Running", { state: waiting("A") }, { state: waiting("B") })),
      "A",
    ],
    [
      "gated",
      aPod({
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }],
      }),
      "SchedulingGated",
    ],
    [
      "initialising",
      aPod(init({ name: "first", state: ended(0) }, { name: "second", state: { running: {} } }), {
        initContainers: twoInits,
      }),
      "Init:1/2",
    ],
    [
      "an init container failed",
      aPod(init({ name: "first", state: ended(1) }), { initContainers: twoInits }),
      "Init:Error",
    ],
    [
      "an init container crashes",
      aPod(init({ name: "first", state: waiting("CrashLoopBackOff") }), {
        initContainers: twoInits,
      }),
      "Init:CrashLoopBackOff",
    ],
    [
      "a sidecar runs",
      aPod(init({ name: "first", started: true, state: { running: {} } }), {
        initContainers: sidecar,
      }),
      "PodInitializing",
    ],
  ])("%s", (_, pod, expected) => {
    expect(printedStatus(pod)).toBe(expected);
  });
});

describe("why a pod is not well", () => {
  const unscheduled = {
    phase: "Pending",
    conditions: [
      {
        ...{ type: "PodScheduled", status: "False", reason: "Unschedulable" },
        message: "0/3 nodes are available:\n 3 Insufficient memory.",
      },
    ],
  };
  test.each<[string, KubernetesObject, string | undefined]>([
    ["it is well", aPod(phase("Running", running())), undefined],
    [
      "it is being made",
      aPod(phase("Pending", { state: waiting("ContainerCreating") })),
      undefined,
    ],
    ["it starts", aPod(phase("Running", running({ ready: false }))), undefined],
    ["it has done its work", aPod(phase("Succeeded", { state: ended(0, "Completed") })), undefined],
    [
      "its memory is short, again and again",
      aPod(
        phase("Running", {
          name: "application",
          restartCount: 4,
          state: waiting("CrashLoopBackOff"),
          lastState: oom,
        }),
      ),
      "OOMKilled (137), limit 512 MiB, 4 restarts",
    ],
    [
      "the same, while it starts again",
      aPod(phase("Running", running({ ready: false, restartCount: 1, lastState: oom }))),
      "OOMKilled (137), limit 512 MiB, 1 restart",
    ],
    [
      "the node's memory is short",
      aPod(phase("Running", running(), { name: "sidecar", state: oom })),
      "sidecar: OOMKilled (137), no limit of its own",
    ],
    [
      "it is ready again",
      aPod(phase("Running", running({ restartCount: 1, lastState: oom }))),
      undefined,
    ],
    [
      "it crashes",
      aPod(
        phase("Running", {
          name: "application",
          restartCount: 2,
          state: waiting("CrashLoopBackOff", "back-off 20s"),
          lastState: ended(1),
        }),
      ),
      "exit code 1, 2 restarts",
    ],
    [
      "it ends though it should not",
      aPod(
        phase("Running", {
          name: "application",
          restartCount: 2,
          state: waiting("CrashLoopBackOff"),
          lastState: ended(0, "Completed"),
        }),
      ),
      "ended by itself (exit code 0), 2 restarts",
    ],
    [
      "there is no such image",
      aPod(phase("Pending", { state: waiting("ErrImagePull", "failed to resolve\nreference") })),
      "ErrImagePull: failed to resolve reference",
    ],
    [
      "no node takes it",
      aPod(unscheduled),
      "not scheduled: 0/3 nodes are available: 3 Insufficient memory.",
    ],
    [
      "it was evicted",
      aPod({
        phase: "Failed",
        reason: "Evicted",
        message: "The node was low on resource: memory.",
      }),
      "Evicted: The node was low on resource: memory.",
    ],
    [
      "an init container waits",
      aPod(
        {
          phase: "Pending",
          initContainerStatuses: [
            {
              name: "migrate",
              state: waiting("CrashLoopBackOff"),
              lastState: ended(3),
              restartCount: 5,
            },
          ],
        },
        { initContainers: [{ name: "migrate" }] },
      ),
      "migrate: exit code 3, 5 restarts",
    ],
  ])("%s", (_, pod, expected) => {
    expect(whyOf(pod)).toBe(expected);
  });

  const event = (changes: Partial<EventRow>): EventRow => ({
    ...{ kind: "Event", uid: "e", name: "e", namespace: "dev", createdAt: "", type: "Warning" },
    ...{ reason: "Unhealthy", message: "", count: 1, lastAt: "2026-01-01T00:00:00Z" },
    ...{ about: { kind: "Pod", name: "shop-7f-x2", uid: "1" }, ...changes },
  });
  const starting = podRow(aPod({ ...phase("Running", running({ ready: false })), conditions: [] }));
  test.each<[string, Partial<EventRow>, string | undefined]>([
    [
      "an answer",
      { message: "Readiness probe failed: HTTP probe failed with statuscode: 503" },
      "readiness probe: answers 503",
    ],
    [
      "nobody",
      {
        message:
          'Startup probe failed: Get "http://10.0.0.1:8080/": dial tcp: connect: connection refused',
        count: 7,
      },
      "startup probe: connection refused (7 times)",
    ],
    [
      "silence",
      { message: "Liveness probe failed: context deadline exceeded" },
      "liveness probe: no answer in time",
    ],
    [
      "something else",
      { reason: "FailedMount", message: 'secret "db" not found' },
      'FailedMount: secret "db" not found',
    ],
    ["nothing of importance", { type: "Normal", reason: "Pulled" }, undefined],
    ["another pod", { about: { kind: "Pod", name: "shop-7f-x2", uid: "2" } }, undefined],
  ])("told by an event: %s", (_, changes, expected) => {
    expect(podWhy(starting, [event(changes)])).toBe(expected);
  });

  test("of several events the last counts, and of a pod that is well none", () => {
    const old = event({ reason: "FailedMount", message: "old", lastAt: "2026-01-01T00:00:00Z" });
    const last = event({ reason: "BackOff", message: "new", lastAt: "2026-01-01T00:00:09Z" });
    expect(podWhy(starting, [last, old])).toBe("BackOff: new");
    expect(podWhy(podRow(aPod(phase("Running", running()))), [last])).toBeUndefined();
  });
});

test("a pod's row keeps nothing but what is shown", () => {
  const pod = aPod(
    phase("Running", running({ restartCount: 2 }), { name: "sidecar", ready: true }),
  );
  const env = [{ name: "PASSWORD", value: "s3cr3t" }];
  const withSecret = {
    ...pod,
    spec: { ...pod.spec, containers: pod.spec?.containers?.map((each) => ({ ...each, env })) },
  } as KubernetesObject;
  const row = rowOf(withSecret, "Pod");
  expect(JSON.stringify(row)).not.toContain("s3cr3t");
  expect(row).toEqual({
    ...{ kind: "Pod", uid: "1", name: "shop-7f-x2", namespace: "dev", application: "shop" },
    ...{ createdAt: "2026-01-01T00:00:00Z", node: "worker", status: "Running", isReady: true },
    ...{ restarts: 2, image: "shop:1", isTerminating: false },
    owner: { kind: "ReplicaSet", name: "shop-7f", uid: "rs" },
    containers: [
      {
        ...{ name: "application", image: "shop:1", isReady: true, restarts: 2, isInit: false },
        ...{ state: "running", ports: [{ name: "http", port: 8080 }] },
        ...{ memoryLimitBytes: 512 * 1024 ** 2, cpuLimitCores: 0.5 },
      },
      {
        ...{ name: "sidecar", image: "proxy:2", isReady: true, restarts: 0, isInit: false },
        ...{ state: "waiting", ports: [] },
      },
    ],
  });
});

const metadata = {
  name: "x",
  namespace: "dev",
  uid: "1",
  creationTimestamp: "2026-01-01T00:00:00Z",
};
const template = (image: string, annotations: Readonly<Record<string, string>> = {}) => ({
  template: { metadata: { annotations }, spec: { containers: [{ image }] } },
});

test.each<[string, RowKind, KubernetesObject, object]>([
  [
    "a node that is ready",
    "Node",
    {
      metadata: {
        ...metadata,
        labels: { "node-role.kubernetes.io/control-plane": "", "topology.kubernetes.io/zone": "a" },
      },
      status: {
        conditions: [
          { type: "Ready", status: "True" },
          { type: "MemoryPressure", status: "False" },
        ],
        ...{
          allocatable: { cpu: "1930m", memory: "4Gi" },
          nodeInfo: { kubeletVersion: "v1.34.2" },
        },
      },
    },
    {
      isReady: true,
      roles: ["control-plane"],
      zone: "a",
      isCordoned: false,
      version: "v1.34.2",
      cpuCores: 1.93,
      memoryBytes: 4 * 1024 ** 3,
      namespace: "",
    },
  ],
  [
    "a node that is not",
    "Node",
    {
      metadata,
      spec: { unschedulable: true },
      status: {
        conditions: [
          {
            type: "Ready",
            status: "Unknown",
            reason: "NodeStatusUnknown",
            message: "Kubelet stopped posting node status.",
          },
        ],
      },
    },
    {
      isReady: false,
      isCordoned: true,
      why: "NodeStatusUnknown: Kubelet stopped posting node status.",
    },
  ],
  [
    "a node under pressure",
    "Node",
    {
      metadata,
      status: {
        conditions: [
          { type: "Ready", status: "True" },
          { type: "DiskPressure", status: "True" },
        ],
      },
    },
    { isReady: true, why: "DiskPressure" },
  ],
  [
    "a Deployment",
    "Deployment",
    {
      metadata: { ...metadata, annotations: { "deployment.kubernetes.io/revision": "7" } },
      spec: {
        replicas: 3,
        ...template("shop:1", { "airfield.dev/image-id": "sha256:7f3ac01b2c" }),
        strategy: { rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
      },
      status: { readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 },
    },
    {
      wanted: 3,
      ready: 2,
      updated: 1,
      available: 2,
      revision: 7,
      version: "7f3ac01",
      images: ["shop:1"],
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    },
  ],
  [
    "a Deployment that is stuck",
    "Deployment",
    {
      metadata,
      spec: template("localhost:5000/shop"),
      status: {
        conditions: [
          {
            type: "Progressing",
            status: "False",
            reason: "ProgressDeadlineExceeded",
            message: "timed out",
          },
        ],
      },
    },
    { why: "ProgressDeadlineExceeded: timed out", version: "latest", wanted: 1 },
  ],
  [
    "a DaemonSet",
    "DaemonSet",
    {
      metadata,
      spec: template("x@sha256:abcdef0123"),
      status: {
        desiredNumberScheduled: 3,
        numberReady: 2,
        updatedNumberScheduled: 3,
        numberAvailable: 1,
      },
    },
    { wanted: 3, ready: 2, updated: 3, available: 1, version: "abcdef0" },
  ],
  [
    "a ReplicaSet",
    "ReplicaSet",
    { metadata, spec: { replicas: 2 }, status: { replicas: 1, readyReplicas: 1 } },
    { wanted: 2, ready: 1, updated: 1, available: 0 },
  ],
  [
    "a Job that failed",
    "Job",
    {
      metadata,
      spec: { completions: 1 },
      status: {
        failed: 1,
        conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }],
      },
    },
    { wanted: 1, ready: 0, why: "BackoffLimitExceeded" },
  ],
  [
    "a Service",
    "Service",
    {
      metadata,
      spec: {
        type: "NodePort",
        clusterIP: "10.96.0.9",
        ports: [
          { name: "http", port: 80, targetPort: "http", protocol: "TCP" },
          { port: 53, targetPort: 53, protocol: "UDP" },
        ],
      },
    },
    { type: "NodePort", clusterIp: "10.96.0.9", ports: ["http 80→http", "53/UDP"] },
  ],
  [
    "an Ingress",
    "Ingress",
    {
      metadata,
      spec: {
        ingressClassName: "nginx",
        rules: [
          {
            host: "shop.localhost",
            http: {
              paths: [
                { path: "/api", backend: { service: { name: "orders", port: { number: 80 } } } },
              ],
            },
          },
        ],
        defaultBackend: { service: { name: "web" } },
      },
    },
    { className: "nginx", rules: ["shop.localhost/api → orders:80", "* → web"] },
  ],
  [
    "a claim",
    "PersistentVolumeClaim",
    {
      metadata,
      spec: { storageClassName: "standard" },
      status: { phase: "Bound", capacity: { storage: "1Gi" } },
    },
    { status: "Bound", capacity: "1Gi", storageClass: "standard" },
  ],
  [
    "a namespace",
    "Namespace",
    { metadata: { name: "dev", uid: "1" }, status: { phase: "Active" } },
    { status: "Active", namespace: "" },
  ],
  [
    "an event of the old kind",
    "Event",
    {
      metadata,
      type: "Warning",
      reason: "BackOff",
      message: "restarting\nfailed",
      count: 4,
      lastTimestamp: "2026-01-01T00:00:09Z",
      involvedObject: { kind: "Pod", name: "p", uid: "u" },
    },
    {
      type: "Warning",
      reason: "BackOff",
      message: "restarting failed",
      count: 4,
      lastAt: "2026-01-01T00:00:09Z",
      about: { kind: "Pod", name: "p", uid: "u" },
    },
  ],
  [
    "an event of the new kind",
    "Event",
    {
      metadata,
      type: "Normal",
      lastTimestamp: null,
      eventTime: "2026-01-01T00:00:05.5Z",
      series: { count: 9, lastObservedTime: "2026-01-01T00:00:07Z" },
    },
    { type: "Normal", count: 9, lastAt: "2026-01-01T00:00:07Z" },
  ],
])("the row of %s", (_, kind, object, expected) => {
  expect(rowOf(object, kind)).toMatchObject({ kind, uid: "1", ...expected });
});

test("of an object that says nothing there is a row of every kind", () => {
  const kinds: readonly RowKind[] = [
    ...(["Pod", "Node", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"] as const),
    ...(["Service", "Ingress", "PersistentVolumeClaim", "Event", "Namespace"] as const),
  ];
  for (const kind of kinds) expect(rowOf({}, kind)).toMatchObject({ kind, name: "" });
});
