import type { FakeContainerEngine } from "./container-engine/fake-container-engine.ts";
import type { FakeContainer } from "./container-engine/fake-container.ts";

const adminConfig = `apiVersion: v1
kind: Config
clusters:
- name: demo
  cluster: {server: "https://demo-control-plane:6443", certificate-authority-data: Q0E=}
contexts:
- name: kubernetes-admin@demo
  context: {cluster: demo, user: kubernetes-admin}
users:
- name: kubernetes-admin
  user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}
current-context: kubernetes-admin@demo
`;

/** The files of a node image that a creation reads. */
export const nodeImageFiles: Readonly<Record<string, string>> = {
  "/kind/version": "v1.34.4\n",
  "/kind/manifests/default-cni.yaml": "kind: DaemonSet\n",
  "/kind/manifests/default-storage.yaml": "kind: StorageClass\n",
  "/etc/kubernetes/admin.conf": adminConfig,
};

/**
 * Lets every node that starts tell on its console what a healthy one tells. `isSilent` nodes boot and then
 * say no more; others can be made to fail by a test's own `onStart`.
 */
export function playHealthyNodes(
  engine: FakeContainerEngine,
  { isSilent = () => false }: { readonly isSilent?: (node: string) => boolean } = {},
): FakeContainerEngine {
  return engine.onStart((container) => {
    const role = roleOf(container);
    if (role === undefined) return;
    say(container, "began");
    if (isSilent(container.name)) return;
    const nodes = engine.containers.filter(
      (each) =>
        roleOf(each) !== undefined && each.spec.network.name === container.spec.network.name,
    );
    const started = nodes.filter(
      ({ state, name }) => state === "running" || name === container.name,
    );
    const controlPlane = started.find((each) => roleOf(each) === "control-plane");
    if (controlPlane === undefined) return;
    if (role === "control-plane") say(container, "control-plane Q0E=", "dns");
    const told = new Set(controlPlane.logLines);
    for (const { name } of started)
      if (!told.has(line(`node ${name} True`)))
        say(controlPlane, `node ${name} False`, `node ${name} True`);
    say(controlPlane, "joined");
  });
}

function say(container: FakeContainer, ...words: readonly string[]): void {
  container.logLines.push(...words.map(line));
  container.notify();
}

function line(words: string): string {
  return `airfield: ${words}`;
}

function roleOf(container: FakeContainer): string | undefined {
  return container.spec.labels["io.x-k8s.kind.role"];
}
