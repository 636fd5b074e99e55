import { expect, onTestFinished, test, vi } from "vitest";
import { FakeClusterApi } from "../../test/fakes/fake-cluster-api.ts";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { HeldClock } from "../../test/fakes/held-clock.ts";
import { consoleSource } from "./console-source.ts";
import type { ConsoleEvent } from "./model/events.ts";
import type { Interests, Target } from "./model/requests.ts";

const nothing: Interests = { kinds: [], figures: false, probes: [], ticks: false };
const target = (kind: string, name: string): Target => ({
  ...{ kind, name, namespace: "dev", uid: name, cluster: "c" },
});

function aSource() {
  const clock = new HeldClock();
  const ports = fakePorts({ clock });
  const api = new FakeClusterApi();
  const labels = { app: "shop", "app.kubernetes.io/name": "shop" };
  api.put({
    ...{ kind: "Pod", metadata: { name: "a", namespace: "dev", labels } },
    spec: { containers: [{ name: "app", ports: [{ containerPort: 80 }] }] },
    status: { containerStatuses: [{ name: "app", state: { running: {} } }] },
  });
  api.put({
    ...{ kind: "StatefulSet", metadata: { name: "shop", namespace: "dev" } },
    spec: { replicas: 1, selector: { matchLabels: { app: "shop" } } },
  });
  api.setLog("a", ["2026-01-01T00:00:00Z hello"]);
  const events: ConsoleEvent[] = [];
  const source = consoleSource(ports, {
    emit: (event) => events.push(event),
    clusterApi: () => api,
    airfield: ["airfield"],
    lend: (work) => work(),
    writeTerminal: () => undefined,
  });
  onTestFinished(() => source.close());
  const of = <Type extends ConsoleEvent["type"]>(type: Type) =>
    events.filter((event) => event.type === type);
  return { clock, ports, api, events, source, of };
}

test("what is wanted is told, and no more when it is not", async () => {
  const { clock, api, source, of } = aSource();
  api.put({ kind: "Node", metadata: { name: "n" } });
  const used = { cpu: { usageNanoCores: 1 }, memory: { workingSetBytes: 1 } };
  api.summaries.set("n", { node: used });
  source.want({ ...nothing, cluster: "c", kinds: ["Pod"], figures: true });
  source.want({ ...nothing, cluster: "c", kinds: ["Pod"], figures: true });
  await clock.pass(1_000);
  expect(of("cluster-entered")).toHaveLength(1);
  expect(of("rows")).toHaveLength(1);
  expect(of("figures")).toHaveLength(1);
  source.want({ ...nothing, cluster: "c" });
  await clock.pass(20_000);
  expect(of("figures")).toHaveLength(1);
});

test.each([target("Application", "shop"), target("StatefulSet", "shop"), target("Pod", "a")])(
  "the log of a $kind is opened once, and closed",
  async (subject) => {
    const { clock, api, source, of } = aSource();
    const logs = { of: subject, previous: false };
    source.want({ ...nothing, cluster: "c", logs });
    await clock.pass(1_000);
    source.want({ ...nothing, cluster: "c", logs: { ...logs } });
    await clock.pass(1_000);
    expect(of("log")).toHaveLength(1);
    expect(api.calls.filter((call) => call.startsWith("logs"))).toHaveLength(1);
    source.want({ ...nothing, cluster: "c" });
    api.setLog("a", ["2026-01-01T00:00:00Z hello", "2026-01-01T00:00:01Z late"]);
    await clock.pass(1_000);
    expect(of("log")).toHaveLength(1);
  },
);

test("the actuator is asked every five seconds while it is wanted", async () => {
  const { clock, source, of } = aSource();
  const actuator = { pod: target("Pod", "a"), endpoints: ["health"] };
  source.want({ ...nothing, cluster: "c", actuator });
  await clock.pass(11_000);
  expect(of("actuator")).toHaveLength(3);
  source.want({ ...nothing, cluster: "c" });
  await clock.pass(20_000);
  expect(of("actuator")).toHaveLength(3);
});

test("requests are carried out, and told", async () => {
  const { clock, api, source, of, events } = aSource();
  source.want({ ...nothing, cluster: "c" });
  const shop = target("StatefulSet", "shop");
  source.ask({ type: "show-document", what: "yaml", of: shop, showsSecrets: false });
  source.ask({
    ...{ type: "act", id: 1, command: "scale", line: "x", of: shop, argument: "3" },
  });
  source.ask({ type: "copy", text: "text" });
  source.ask({ type: "hand-over", what: "shell", of: target("Pod", "gone") });
  source.ask({ type: "hand-over", what: "edit", of: target("Pod", "gone") });
  await clock.pass(1_000);
  // What writes YAML is loaded with the first document.
  await vi.waitFor(() => expect(of("document")).toHaveLength(1), { timeout: 10_000 });
  expect(of("action-ended")).toHaveLength(1);
  expect(api.stored({ kind: "StatefulSet", name: "shop", namespace: "dev" })?.spec?.replicas).toBe(
    3,
  );
  await vi.waitFor(() =>
    expect(events.flatMap((event) => (event.type === "message" ? [event.text] : []))).toEqual(
      expect.arrayContaining(['pods "gone" not found', "gone is gone"]),
    ),
  );
});

test("what is the terminal's own is left alone", () => {
  const { source, events } = aSource();
  const before = events.length;
  for (const type of ["quit", "suspend", "redraw", "save-recording"] as const) source.ask({ type });
  expect(events.length).toBe(before);
});
