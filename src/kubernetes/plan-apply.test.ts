import { describe, expect, test } from "vitest";
import { planApply, planPatch } from "./plan-apply.ts";

const annotation = "kubectl.kubernetes.io/last-applied-configuration";

interface Template {
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly volumes?: readonly object[];
  readonly hash?: string;
}

function deployment({ image = "shop:1", env = [], volumes = [], hash = "a" }: Template = {}) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "shop", namespace: "dev", annotations: { "airfield.dev/hash": hash } },
    spec: {
      selector: { matchLabels: { app: "shop" } },
      template: {
        metadata: { labels: { app: "shop" } },
        spec: {
          containers: [{ name: "shop", image, env, ports: [{ containerPort: 8080 }] }],
          volumes,
        },
      },
    },
  };
}

/** As the API server has it after `kubectl apply`: with defaults, a status, and what others have added. */
function live(applied: ReturnType<typeof deployment>) {
  const [container] = applied.spec.template.spec.containers;
  return {
    ...applied,
    metadata: {
      ...applied.metadata,
      resourceVersion: "41",
      annotations: {
        ...applied.metadata.annotations,
        "deployment.kubernetes.io/revision": "3",
        [annotation]: `${JSON.stringify(applied)}\n`,
      },
    },
    spec: {
      ...applied.spec,
      replicas: 1,
      template: {
        ...applied.spec.template,
        spec: {
          ...applied.spec.template.spec,
          restartPolicy: "Always",
          containers: [
            { name: "proxy", image: "proxy:1" },
            {
              ...container,
              imagePullPolicy: "IfNotPresent",
              ports: [{ containerPort: 8080, protocol: "TCP" }],
            },
          ],
        },
      },
    },
    status: { replicas: 1 },
  };
}

const patched = (before: Template, after: Template) =>
  planPatch(live(deployment(before)), deployment(after));

describe("the patch for an object that was applied", () => {
  test("says what is new, and remembers what was applied", () => {
    const wanted = deployment({ image: "shop:2", hash: "b" });
    expect(patched({}, { image: "shop:2", hash: "b" })).toEqual({
      metadata: {
        resourceVersion: "41",
        annotations: { "airfield.dev/hash": "b", [annotation]: `${JSON.stringify(wanted)}\n` },
      },
      spec: {
        template: { spec: { containers: [{ name: "shop", image: "shop:2" }] } },
      },
    });
  });

  test("names the variables that have another value", () => {
    const env = (value: string) => [
      { name: "A", value: "1" },
      { name: "B", value },
    ];
    expect(patched({ env: env("2") }, { env: env("3") })).toMatchObject({
      spec: {
        template: { spec: { containers: [{ name: "shop", env: [{ name: "B", value: "3" }] }] } },
      },
    });
  });

  test("takes away what is wanted no more, and adds what was not there", () => {
    const before = { ...deployment(), spec: { ...deployment().spec, minReadySeconds: 1 } };
    const after = { ...deployment(), spec: { ...deployment().spec, paused: true } };
    expect(planPatch(live(before), after)).toMatchObject({
      spec: { minReadySeconds: null, paused: true },
    });
  });

  test("is none where the cluster has it", () => {
    expect(
      patched(
        { volumes: [{ name: "a", emptyDir: {} }] },
        { volumes: [{ name: "a", emptyDir: {} }] },
      ),
    ).toBe("nothing");
  });
});

describe("kubectl has to see to it", () => {
  test("where the object was not applied", () => {
    const { metadata, ...rest } = live(deployment());
    const bare = { ...rest, metadata: { ...metadata, annotations: {} } };
    expect(planPatch(bare, deployment({ image: "shop:2" }))).toBeUndefined();
  });

  test("where somebody has changed what was applied", () => {
    const changed = live(deployment());
    changed.spec.selector = { matchLabels: { app: "other" } };
    expect(planPatch(changed, deployment({ image: "shop:2" }))).toBeUndefined();
    expect(planPatch(changed, deployment())).toBeUndefined();
  });

  test("where a container is gone", () => {
    const changed = live(deployment());
    changed.spec.template.spec.containers.pop();
    expect(planPatch(changed, deployment({ image: "shop:2" }))).toBeUndefined();
  });

  test.each<[string, Template, Template]>([
    ["a list gets another length", { env: [] }, { env: [{ name: "A", value: "1" }] }],
    [
      "volumes change, which are merged in a way of their own",
      { volumes: [{ name: "a", configMap: { name: "x" } }] },
      { volumes: [{ name: "a", configMap: { name: "y" } }] },
    ],
  ])("where %s", (_, before, after) => {
    expect(patched(before, after)).toBeUndefined();
  });

  test("where somebody has set what is added", () => {
    const wanted = { ...deployment(), spec: { ...deployment().spec, replicas: 2 } };
    expect(planPatch(live(deployment()), wanted)).toBeUndefined();
  });
});

describe("of what kubectl is asked", () => {
  const stdin = JSON.stringify({ items: [deployment()] });
  const path = "/apis/apps/v1/namespaces/dev/deployments/shop";

  test("an apply of known kinds is planned, on either side", () => {
    expect(planApply(["apply", "-f", "-"], stdin)).toEqual({
      manager: undefined,
      objects: [{ path, wanted: deployment() }],
    });
    const serverSide = [
      "apply",
      "--server-side",
      "--force-conflicts",
      "--field-manager=me",
      "-f",
      "-",
    ];
    expect(planApply(serverSide, stdin)?.manager).toBe("me");
  });

  test.each<[string, readonly string[], object]>([
    ["another verb", ["delete", "-f", "-"], deployment()],
    ["other flags", ["apply", "--prune", "-f", "-"], deployment()],
    ["a file", ["apply", "-f", "x.yaml"], deployment()],
    ["a kind of the user's", ["apply", "-f", "-"], { ...deployment(), kind: "Tenant" }],
    [
      "an object of no namespace",
      ["apply", "-f", "-"],
      { ...deployment(), metadata: { name: "x" } },
    ],
  ])("%s is left to it", (_, args, object) => {
    expect(planApply(args, JSON.stringify({ items: [object] }))).toBeUndefined();
  });
});
