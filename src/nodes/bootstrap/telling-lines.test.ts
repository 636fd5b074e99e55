import { describe, expect, test } from "vitest";
import { tellingLines, wordsOf } from "./telling-lines.ts";

// What Kubernetes 1.34.4, etcd 3.6.5 and containerd 2.4.2 say when they are given what they do not take.
const kubeletPanic = `panic: failed to merge global and in-flight KubeletConfiguration while setting defaults, error: unrecognized feature gate: EphemeralContainers

goroutine 1 [running]:
k8s.io/kubernetes/pkg/kubelet/apis/config/v1beta1.SetDefaults_KubeletConfiguration(0x1d9807086e08)
	k8s.io/kubernetes@v1.34.4/pkg/kubelet/apis/config/v1beta1/defaults.go:71 +0x13a5`;
const kubeletInvalid = `I1129 15:13:35.514341   10601 server.go:688] "Standalone mode, no API client"
E1129 15:13:35.953711   10659 run.go:72] "command failed" err="failed to validate kubelet configuration, error: invalid configuration: maxPods (--max-pods) -5 must not be a negative number, path: &TypeMeta{Kind:,APIVersion:,}"`;
const apiServer = `2026-11-29T15:13:07.570399Z stderr F E1129 15:13:07.570299       1 run.go:72] "command failed" err="unrecognized feature gate: EphemeralContainers"`;
const apiServerFlag = "2026-11-29T15:13:08.01Z stderr F Error: unknown flag: --no-such-flag";
const etcd = `2026-11-29T15:13:08.27Z stderr F {"level":"info","ts":"2026-11-29T15:13:08.270287Z","caller":"etcdmain/etcd.go:64","msg":"Running: ","args":["etcd"]}
2026-11-29T15:13:08.27Z stderr F {"level":"warn","ts":"2026-11-29T15:13:08.270324Z","caller":"etcdmain/etcd.go:66","msg":"failed to verify flags","error":"--election-timeout[100ms] should be at least as 5 times as --heartbeat-interval[500ms]"}`;
const etcdFlag =
  "2026-11-29T15:13:08.27Z stderr F flag provided but not defined: -no-such-flag\n2026-11-29T15:13:08.27Z stderr F Usage:";
const containerdMirrors = `time="2026-11-29T15:13:08Z" level=warning msg="Configuration migrated from version 2, use \`containerd config migrate\` to avoid migration" t="23.173µs"
time="2026-11-29T15:13:08.620806261Z" level=warning msg="failed check for fsverity support" error="enable fsverity failed: operation not supported" path=/var/lib/containerd/io.containerd.content.v1.content
time="2026-11-29T15:13:08.808437704Z" level=warning msg="failed to load plugin" error="invalid cri image config: \`mirrors\` cannot be set when \`config_path\` is provided" id=io.containerd.cri.v1.images type=io.containerd.cri.v1
time="2026-11-29T15:13:08.810547903Z" level=warning msg="failed to load plugin" error="unable to load CRI image service plugin dependency: invalid cri image config: \`mirrors\` cannot be set when \`config_path\` is provided" id=io.containerd.grpc.v1.cri type=io.containerd.grpc.v1`;
const containerdToml = `time="2026-11-29T15:13:13Z" level=error msg="Failure unmarshaling TOML" column=37 error="toml: expected ']' to close table name" file=/etc/containerd/config.toml row=2
containerd: failed to unmarshal TOML at row 2 column 37: toml: expected ']' to close table name`;
const kubeadm = `W1129 15:13:18.837500   10272 version.go:109] falling back to the local client version: v1.34.4
error: networking.dnsDomain: Invalid value: "BAD_domain": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters
To see the stack trace of this error execute with --v=5 or higher`;

test.each([
  { component: "kubelet", log: kubeletPanic, says: "unrecognized feature gate" },
  { component: "kubelet", log: kubeletInvalid, says: "-5 must not be a negative number" },
  { component: "kube-apiserver", log: apiServer, says: '"command failed" err="unrecognized' },
  { component: "kube-apiserver", log: apiServerFlag, says: "unknown flag: --no-such-flag" },
  { component: "etcd", log: etcd, says: "5 times as --heartbeat-interval" },
  { component: "etcd", log: etcdFlag, says: "flag provided but not defined: -no-such-flag" },
  { component: "containerd", log: containerdMirrors, says: "`mirrors` cannot be set when" },
  { component: "containerd", log: containerdToml, says: "failed to unmarshal TOML at row 2" },
  { component: "bootstrap", log: kubeadm, says: 'Invalid value: "BAD_domain"' },
])("$component: $says", ({ component, log, says }) => {
  const lines = tellingLines(`@ ${component}\n${log}\n`);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`${component}: `);
  expect(lines[0]).toContain(says);
});

test("what is told again at each start is told once", () => {
  const second = kubeletInvalid.replaceAll("15:13:35", "15:13:36").replaceAll("10659", "10700");
  expect(tellingLines(`@ kubelet\n${kubeletInvalid}\n${second}\n`)).toHaveLength(1);
});

test("of a program that ended and others that complain, the one that ended", () => {
  const complaining = `E1129 15:13:30.1 77 kubelet.go:2451] "Skipping pod synchronization" err="PLEG is not healthy"`;
  expect(tellingLines(`@ kubelet\n${complaining}\n@ kube-apiserver\n${apiServer}\n`)).toEqual([
    'kube-apiserver: "command failed" err="unrecognized feature gate: EphemeralContainers"',
  ]);
  expect(tellingLines(`@ kubelet\n${complaining}\n`)).toEqual([
    'kubelet: "Skipping pod synchronization" err="PLEG is not healthy"',
  ]);
});

test("not what every cluster says while it starts", () => {
  const starting = `@ kubelet
E1129 15:13:30.1 77 kubelet_node_status.go:107] "Unable to register node with API server" err="Post https://demo-control-plane:6443/api/v1/nodes: dial tcp 10.213.0.10:6443: connect: connection refused"
E1129 15:13:30.2 77 controller.go:145] "Failed to ensure lease exists, will retry" err="Get: connection refused" interval="200ms"
E1129 15:13:30.3 77 kubelet.go:2451] "Container runtime network not ready" networkReady="NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"
`;
  expect(tellingLines(starting)).toEqual([]);
});

test("long lines are cut, and no more than three of a component are shown", () => {
  const words = ["alpha", "beta", "gamma", "delta"];
  const log = words.map((word) => `panic: ${word} ${"x".repeat(1000)}`).join("\n");
  const lines = tellingLines(`@ etcd\n${log}\n`);
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatch(/^etcd: panic: delta x+…$/);
  expect(lines[2]?.length).toBeLessThan(420);
});

describe("what one component says", () => {
  const logs = `@ kubelet
E1129 18:20:00.1 1 pod_workers.go:1] "Error syncing pod" err="something else"
@ kube-proxy
2026-11-29T18:20:00.9Z stderr F I1129 18:20:00.93 1 server.go:219] "Successfully retrieved NodeIPs"
2026-11-29T18:20:00.9Z stderr F E1129 18:20:00.95 1 run.go:72] "command failed" err="can't use the IPVS proxier"
@ coredns
2026-11-29T18:20:00.9Z stdout F one
2026-11-29T18:20:00.9Z stdout F two
2026-11-29T18:20:00.9Z stdout F three
2026-11-29T18:20:00.9Z stdout F four
`;

  test("is its trouble, not that of others", () => {
    expect(wordsOf("kube-proxy", logs)).toEqual([
      `kube-proxy: "command failed" err="can't use the IPVS proxier"`,
    ]);
  });

  test("is its last lines where it tells of no trouble", () => {
    expect(wordsOf("coredns", logs)).toEqual(["coredns: two", "coredns: three", "coredns: four"]);
  });

  test("is nothing where it has no log", () => {
    expect(wordsOf("kube-flannel", logs)).toEqual([]);
  });
});
