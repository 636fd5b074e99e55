import { beforeEach, expect, test } from "vitest";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { untilOldPodsAreUnasked } from "./old-pods.ts";
import { selectorOf } from "../objects/plan-manifests.ts";
import { anApplication } from "../../../test/scenes/spring-scene.ts";
import type { UpContext } from "../up/up-context.ts";

const endpoint = (pod: string, ready?: boolean) => ({
  conditions: ready === undefined ? {} : { ready },
  targetRef: { kind: "Pod", name: pod },
});
const newPod = endpoint("shop-new-1", true);
const oldPod = endpoint("shop-old-1", true);
const leaving = endpoint("shop-old-1", false);

/** What the slices hold at each look; the last for ever. Undefined: they may not be read. */
let looks: (readonly object[] | undefined)[];
let asked: number;
let clock: FakeClock;

beforeEach(() => {
  asked = 0;
  clock = new FakeClock();
});

test.each<[string, (readonly object[] | undefined)[], number]>([
  [
    "the slices leave out the old ones",
    [
      [oldPod, newPod],
      [oldPod, newPod],
      [leaving, newPod],
    ],
    3,
  ],
  ["there are none", [[newPod]], 1],
  ["nobody may read the slices", [undefined], 1],
  ["the slices do not hold any", [[]], 1],
])("old pods are asked no more when %s", async (_, given, looked) => {
  looks = given;
  await wait();
  expect(asked).toBe(looked);
});

test("is not waited for without end", async () => {
  looks = [[oldPod]];
  await wait();
  expect(asked).toBeGreaterThan(10);
  expect(clock.monotonicMs()).toBeLessThan(10_000);
});

async function wait(): Promise<void> {
  const labels = { ...selectorOf("shop"), "pod-template-hash": "new" };
  const owned = (uid: string) => ({ ownerReferences: [{ uid }] });
  const annotations = { "deployment.kubernetes.io/revision": "2" };
  const api = new FakeClusterApi();
  const application: readonly KubernetesObject[] = [
    { kind: "Deployment", metadata: { name: "shop", uid: "d", labels, annotations } },
    { kind: "ReplicaSet", metadata: { name: "set", uid: "r", labels, annotations, ...owned("d") } },
    { kind: "Pod", metadata: { name: "shop-new-1", labels, ...owned("r") } },
  ];
  const isSlices = (call: string) => call === "list EndpointSlice";
  const endpoints = () => looks[Math.min(asked, looks.length) - 1];
  api.onCall = (call) => {
    if (isSlices(call)) asked += 1;
  };
  api.refusal = (call) =>
    isSlices(call) && endpoints() === undefined ? "endpointslices is forbidden" : undefined;
  api.view = () => [
    ...application,
    {
      kind: "EndpointSlice",
      metadata: { name: "shop-1", labels: { "kubernetes.io/service-name": "shop" } },
      ...{ endpoints: endpoints() },
    },
  ];
  const context = {
    request: { application: anApplication() },
    cluster: { api },
    ports: { clock },
  } as unknown as UpContext;
  await untilOldPodsAreUnasked(context, "shop", new AbortController().signal);
}
