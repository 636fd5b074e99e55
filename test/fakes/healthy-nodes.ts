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

/** Lets every container that starts behave as a node whose commands all succeed. */
export function playHealthyNodes(engine: FakeContainerEngine): FakeContainerEngine {
  return engine
    .onStart((container) => {
      container.logLines.push("[  OK  ] Reached target multi-user.target - Multi-User System.");
    })
    .onExec(async (_container, command, _stdin, options) => {
      const line = command.join(" ");
      if (line === "cat /kind/version") return { stdout: "v1.34.4\n" };
      if (line === "cat /etc/kubernetes/admin.conf") return { stdout: adminConfig };
      if (line === "cat /etc/kubernetes/pki/ca.crt") return { stdout: "CERTIFICATE\n" };
      if (command[0] === "bash" && command.includes("ask-dns"))
        return { stdout: answerTo(command.at(-1) ?? "") };
      if (!line.includes("get nodes --watch")) return undefined;
      for (const { name } of nodesOf(engine)) options.onLine?.(`${name} Ready <none> 1s v1.34.4`);
      // A watch ends only when its reader goes away.
      return new Promise((_resolve, reject) => {
        const end = () => {
          reject(options.signal?.reason as Error);
        };
        if (options.signal?.aborted === true) end();
        else options.signal?.addEventListener("abort", end);
      });
    });
}

function nodesOf(engine: FakeContainerEngine): readonly FakeContainer[] {
  return engine.containers.filter(({ spec }) => spec.labels["io.x-k8s.kind.role"] !== undefined);
}

/** A DNS answer with one record to the query of `\\x12\\x34…`, as `od` prints it. */
function answerTo(query: string): string {
  const [, high = "00", low = "00"] = query.split("\\x");
  return ` ${high} ${low} 85 80 00 01 00 01 00 00 00 00\n`;
}
