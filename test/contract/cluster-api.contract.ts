import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastApplied } from "../../src/kubernetes/last-applied.ts";
import type {
  ClusterApi,
  FeedChange,
  Manifest,
  ObjectRef,
  PodName,
} from "../../src/ports/cluster-api.ts";

export interface ClusterApiHarness {
  readonly api: ClusterApi;
  /** Its own, made by the contract; goes at the end. */
  readonly namespace: string;
  /** It has a shell, has written at least three lines, and answers `GET /ok` at `port` with "ok". */
  readonly pod: PodName & { readonly port: number };
  /** How its answer begins. */
  readonly path: string;
  cleanUp(): Promise<void>;
}

/** What every ClusterApi does, whatever is behind it. */
export function clusterApiContract(prepare: () => Promise<ClusterApiHarness>): void {
  let harness: ClusterApiHarness;
  let api: ClusterApi;
  let namespace: string;

  beforeAll(async () => {
    harness = await prepare();
    ({ api, namespace } = harness);
    await api.ensureNamespace(namespace);
  });

  afterAll(async () => {
    await api.remove([{ kind: "Namespace", name: namespace }]);
    await harness.cleanUp();
  });

  const ref = (kind: string, name: string): ObjectRef => ({ kind, name, namespace });
  const labelled = (name: string, tier = "none") => ({
    ...{ name, namespace, labels: { contract: "yes", tier } },
  });
  const configMap = (name: string, data: Readonly<Record<string, string>>, tier?: string) =>
    ({ apiVersion: "v1", kind: "ConfigMap", metadata: labelled(name, tier), data }) as Manifest;
  /** No node is for its pods, so nothing has to be there to run. */
  const deployment = (name: string, replicas?: number, more: object = {}) =>
    ({
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: labelled(name) },
      spec: {
        ...(replicas === undefined ? {} : { replicas }),
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            nodeSelector: { contract: "no-node" },
            terminationGracePeriodSeconds: 0,
            containers: [{ name: "main", image: "none:1" }],
            ...more,
          },
        },
      },
    }) as Manifest;
  const refused = (reason: RegExp): unknown =>
    expect.objectContaining({
      code: "cluster-request-failed",
      message: expect.stringMatching(reason),
    });

  test("is ready", async () => {
    await expect(api.checkReady()).resolves.toBeUndefined();
  });

  describe("reading", () => {
    test("what is not there is undefined", async () => {
      expect(await api.get(ref("ConfigMap", "none"))).toBeUndefined();
      expect(await api.getAll([ref("ConfigMap", "none"), ref("Deployment", "none")])).toEqual([]);
      expect(
        await api.list({ kinds: ["Secret"], namespace, labels: { contract: "none" } }),
      ).toEqual([]);
    });

    test("several objects come in their order, with kind and version, without those that are missing", async () => {
      await api.apply([configMap("read-a", { k: "1" }), deployment("read-b", 0)]);
      const found = await api.getAll([
        ...[ref("Deployment", "read-b"), ref("Secret", "none"), ref("ConfigMap", "read-a")],
        { kind: "Namespace", name: namespace },
      ]);
      expect(
        found.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata?.name]),
      ).toEqual([
        ["apps/v1", "Deployment", "read-b"],
        ["v1", "ConfigMap", "read-a"],
        ["v1", "Namespace", namespace],
      ]);
      expect(found.every(({ metadata }) => (metadata?.uid ?? "") !== "")).toBe(true);
    });

    test("lists are of kinds and labels, kind by kind", async () => {
      // A list of all namespaces also finds what the contract has left in others of the same cluster.
      const tier = `list-${namespace}`;
      await api.apply([
        configMap("list-a", {}, tier),
        configMap("list-b", {}, tier),
        { ...deployment("list-c", 0), metadata: labelled("list-c", tier) },
        configMap("list-d", {}, "other"),
      ]);
      const labels = { contract: "yes", tier };
      const kinds = ["Deployment", "ConfigMap"] as const;
      const names = ["Deployment list-c", "ConfigMap list-a", "ConfigMap list-b"];
      for (const where of [{ namespace }, {}]) {
        const found = await api.list({ kinds, labels, ...where });
        expect(found.map(({ kind, metadata }) => `${kind} ${metadata?.name}`)).toEqual(names);
        expect(found[0]?.apiVersion).toBe("apps/v1");
      }
      expect(await api.list({ kinds, labels, namespace: "default" })).toEqual([]);
    });

    test("an aborted call rejects with the reason", async () => {
      const signal = AbortSignal.abort(new Error("enough"));
      await expect(api.get(ref("ConfigMap", "a"), { signal })).rejects.toThrow("enough");
      await expect(api.list({ kinds: ["Pod"], namespace }, { signal })).rejects.toThrow("enough");
    });
  });

  describe("apply", () => {
    test("is remembered, and what it no longer names is taken away", async () => {
      const first = deployment("applied", 0, { hostNetwork: true, restartPolicy: "Always" });
      await api.apply([first]);
      const live = await api.get(ref("Deployment", "applied"));
      expect(lastApplied(live ?? {})).toEqual(first);
      expect(live?.spec?.template?.spec).toMatchObject({ hostNetwork: true });
      const second = deployment("applied", 0);
      await api.apply([second]);
      const after = await api.get(ref("Deployment", "applied"));
      expect(after?.spec?.template?.spec).not.toHaveProperty("hostNetwork");
      expect(lastApplied(after ?? {})).toEqual(second);
      // Back to what was applied before.
      await api.apply([lastApplied(live ?? {}) ?? second]);
      expect((await api.get(ref("Deployment", "applied")))?.spec?.template?.spec).toMatchObject({
        hostNetwork: true,
      });
    });

    test("leaves alone what it never named, and takes over what somebody has changed", async () => {
      await api.apply([deployment("shared", 0)]);
      await api.patch(ref("Deployment", "shared"), [
        { op: "add", path: "/metadata/annotations/mine", value: "1" },
        { op: "replace", path: "/spec/template/spec/nodeSelector/contract", value: "other" },
      ]);
      await api.apply([deployment("shared", 0)]);
      const live = await api.get(ref("Deployment", "shared"));
      expect(live?.metadata?.annotations?.["mine"]).toBe("1");
      expect(live?.spec?.template?.spec).toMatchObject({ nodeSelector: { contract: "no-node" } });
    });

    test("may be repeated: nothing changes", async () => {
      await api.apply([deployment("again", 0)]);
      const before = await api.get(ref("Deployment", "again"));
      await api.apply([deployment("again", 0)]);
      const after = await api.get(ref("Deployment", "again"));
      expect(after?.metadata?.generation).toBe(before?.metadata?.generation);
      expect(after?.metadata?.uid).toBe(before?.metadata?.uid);
    });

    test("of a ConfigMap leaves no copy in an annotation, and can be gone back to", async () => {
      await api.apply([configMap("contents", { a: "1", b: "2" })]);
      const live = await api.get(ref("ConfigMap", "contents"));
      expect(live?.metadata?.annotations ?? {}).toEqual({});
      await api.apply([configMap("contents", { a: "3" })]);
      expect((await api.get(ref("ConfigMap", "contents")))?.data).toEqual({ a: "3" });
      await api.apply([lastApplied(live ?? {}) ?? configMap("contents", {})]);
      expect((await api.get(ref("ConfigMap", "contents")))?.data).toEqual({ a: "1", b: "2" });
    });

    test.each([
      [
        ...(["policy/v1", "PodDisruptionBudget", "policy"] as const),
        { minAvailable: 1, selector: { matchLabels: { app: "none" } } },
      ],
      ["v1", "ResourceQuota", "", { hard: { pods: "100" } }],
    ] as const)(
      "takes a %s %s, and removes it by its group",
      async (apiVersion, kind, group, spec) => {
        const object = { apiVersion, kind, metadata: labelled("other"), spec } as Manifest;
        await api.apply([object]);
        const of = { ...ref(kind, "other"), group };
        expect(lastApplied((await api.get(of)) ?? {})).toEqual(object);
        expect(await api.remove([of], { withinMs: 30_000 })).toEqual([of]);
        expect(await api.get(of)).toBeUndefined();
      },
    );

    test("to a namespace that is not there says so", async () => {
      const elsewhere = { ...configMap("a", {}), metadata: { name: "a", namespace: "not-there" } };
      await expect(api.apply([elsewhere])).rejects.toEqual(refused(/"not-there" not found/));
    });
  });

  describe("changing", () => {
    test("a patch sets and removes; of what is not there it fails", async () => {
      const target = ref("Deployment", "patched");
      await api.apply([deployment("patched", 0)]);
      const path = "/metadata/labels/airfield.dev~1x";
      await api.patch(target, [{ op: "add", path, value: "1" }]);
      expect((await api.get(target))?.metadata?.labels?.["airfield.dev/x"]).toBe("1");
      await api.patch(target, [{ op: "remove", path }]);
      expect((await api.get(target))?.metadata?.labels).not.toHaveProperty("airfield.dev/x");
      const missing = api.patch(ref("Deployment", "none"), [{ op: "add", path, value: "1" }]);
      await expect(missing).rejects.toEqual(refused(/"none" not found/));
    });

    test("a scale is not remembered as applied, and stays where no number is applied", async () => {
      const target = ref("Deployment", "scaled");
      await api.apply([deployment("scaled")]);
      await api.scale(target, 0);
      const live = await api.get(target);
      expect(live?.spec?.replicas).toBe(0);
      expect(lastApplied(live ?? {})).toEqual(deployment("scaled"));
      await api.apply([deployment("scaled", undefined, { restartPolicy: "Always" })]);
      expect((await api.get(target))?.spec?.replicas).toBe(0);
      await expect(api.scale(ref("Deployment", "none"), 1)).rejects.toEqual(refused(/not found/));
    });

    test("a namespace that is there is fine, also for several at the same moment", async () => {
      const name = `${namespace}-2`;
      await Promise.all([1, 2, 3].map(() => api.ensureNamespace(name)));
      await api.ensureNamespace(name);
      expect(await api.get({ kind: "Namespace", name })).toBeDefined();
      await api.remove([{ kind: "Namespace", name }]);
    });
  });

  describe("removing", () => {
    test("resolves with what there was, and waits until it is gone", async () => {
      const objects = [ref("Deployment", "gone"), ref("ConfigMap", "gone")];
      await api.apply([deployment("gone", 1), configMap("gone", {})]);
      const removed = await api.remove([...objects, ref("Service", "gone")], { withinMs: 60_000 });
      expect(removed).toEqual(objects);
      expect(await api.getAll(objects)).toEqual([]);
      expect(await api.list({ kinds: ["Pod"], namespace, labels: { app: "gone" } })).toEqual([]);
      expect(await api.remove(objects)).toEqual([]);
    });

    test("by labels takes what has them, and nothing else", async () => {
      await api.apply([
        configMap("all-a", {}, "all"),
        configMap("all-b", {}, "all"),
        configMap("all-c", {}),
      ]);
      const selection = {
        kinds: ["Service", "ConfigMap"],
        namespace,
        labels: { tier: "all" },
      } as const;
      const removed = await api.removeAll(selection, { withinMs: 30_000 });
      expect(removed.map(({ kind, name }) => `${kind}/${name}`).sort()).toEqual([
        "ConfigMap/all-a",
        "ConfigMap/all-b",
      ]);
      expect(await api.list(selection)).toEqual([]);
      expect(await api.get(ref("ConfigMap", "all-c"))).toBeDefined();
      expect(await api.removeAll(selection)).toEqual([]);
    });
  });

  describe("a feed", () => {
    const feedOf = (tier: string, signal: AbortSignal) =>
      api.watch({ kind: "ConfigMap", namespace, labels: { tier } }, { signal });
    const shown = (change: FeedChange): string => {
      if (change.type === "listed") {
        return `listed ${change.objects.map(({ kind, metadata }) => `${kind}/${metadata?.name}`).join(" ")}`;
      }
      return "object" in change ? `${change.type} ${change.object.metadata?.name}` : change.type;
    };

    test("tells all there is, then each change, until it is cancelled", async () => {
      const abort = new AbortController();
      const reason = new Error("enough");
      await api.apply([configMap("feed-a", { k: "1" }, "feed")]);
      const told: string[] = [];
      const steps = [
        () => api.apply([configMap("feed-b", { k: "1" }, "feed")]),
        () => api.apply([configMap("feed-other", {}, "other")]),
        () => api.apply([configMap("feed-a", { k: "2" }, "feed")]),
        () => api.remove([ref("ConfigMap", "feed-b")]),
      ];
      const reading = (async () => {
        for await (const change of feedOf("feed", abort.signal)) {
          told.push(shown(change));
          const next = steps.splice(0, told.length === 2 ? 2 : 1);
          if (next.length === 0) abort.abort(reason);
          for (const step of next) await step();
        }
      })();
      await expect(reading).rejects.toBe(reason);
      expect(told).toEqual([
        "listed ConfigMap/feed-a",
        "changed feed-b",
        "changed feed-a",
        "removed feed-b",
      ]);
    });

    test("ends where nobody reads on", async () => {
      const { signal } = new AbortController();
      for await (const change of feedOf("nothing", signal)) {
        expect(change).toEqual({ type: "listed", objects: [] });
        break;
      }
    });

    test("tells when a roll-out is complete", async () => {
      const { signal } = new AbortController();
      await api.apply([deployment("rolled-out", 0)]);
      await expect(
        api.untilRolledOut({ name: "rolled-out", namespace }, { signal }),
      ).resolves.toBeUndefined();
    });

    test("waits for a roll-out until it is cancelled", async () => {
      const abort = new AbortController();
      await api.apply([deployment("never-rolled-out", 1)]);
      const waiting = api.untilRolledOut({ name: "never-rolled-out", namespace }, abort);
      const reason = new Error("enough");
      setTimeout(() => abort.abort(reason), 200);
      await expect(waiting).rejects.toBe(reason);
    });
  });

  test("events are those of the object alone", async () => {
    const event = (name: string, of: string) =>
      ({
        ...{ apiVersion: "v1", kind: "Event", metadata: { name, namespace } },
        ...{ type: "Warning", reason: "Contract", message: `about ${of}`, count: 2 },
        involvedObject: { kind: "Pod", name: of, namespace },
      }) as Manifest;
    await api.apply([event("event-a", "pod-a"), event("event-b", "pod-b")]);
    expect(await api.events(ref("Pod", "pod-a"))).toEqual([
      expect.objectContaining({ reason: "Contract", message: "about pod-a", count: 2 }),
    ]);
    expect(await api.events(ref("Pod", "pod-c"))).toEqual([]);
    expect(await api.events(ref("Deployment", "pod-a"))).toEqual([]);
  });

  test("a node has figures of itself and its pods; one that is not there has none", async () => {
    const names = (await api.list({ kinds: ["Node"] })).map(({ metadata }) => metadata?.name ?? "");
    const summary = await api.nodeSummary(names[0] ?? "");
    expect(summary?.node?.cpu?.usageNanoCores).toBeGreaterThan(0);
    expect(summary?.node?.memory?.workingSetBytes).toBeGreaterThan(0);
    expect(summary?.pods?.map(({ podRef }) => podRef?.uid)).toContainEqual(expect.any(String));
    expect(await api.nodeSummary("none")).toBeUndefined();
  });

  describe("a pod", () => {
    const all = async (lines: AsyncIterable<string>): Promise<readonly string[]> => {
      const read: string[] = [];
      for await (const line of lines) read.push(line);
      return read;
    };

    test("has a log, whose end may be asked for", async () => {
      const lines = await all(api.logs(harness.pod, {}));
      expect(lines.length).toBeGreaterThanOrEqual(3);
      expect(await all(api.logs(harness.pod, { tail: 2 }))).toHaveLength(2);
      const begin = await all(api.logs(harness.pod, { limitBytes: 5 }));
      expect(begin.join("\n").length).toBeLessThanOrEqual(5);
      expect(lines.join("\n").startsWith(begin.join("\n"))).toBe(true);
      expect(begin).not.toEqual([]);
    });

    test("has a log that goes on until it is cancelled", async () => {
      const abort = new AbortController();
      const reason = new Error("enough");
      const lines: string[] = [];
      const reading = (async () => {
        const { signal } = abort;
        for await (const line of api.logs(harness.pod, { follow: true, tail: 2, signal })) {
          lines.push(line);
          if (lines.length === 2) abort.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
    });

    test("that is not there has no log, and runs nothing", async () => {
      const missing = { name: "none", namespace };
      await expect(all(api.logs(missing, {}))).rejects.toEqual(refused(/"none" not found/));
      const followed = all(api.logs(missing, { follow: true }));
      await expect(followed).rejects.toEqual(refused(/"none" not found/));
      await expect(api.exec(missing, ["true"])).rejects.toEqual(refused(/"none" not found/));
    });

    test("that is not there is as good as evicted", async () => {
      expect(await api.evict({ name: "none", namespace })).toBeUndefined();
    });

    test("runs programs, whose streams and exit code come back", async () => {
      const script = 'read -r word; echo "got $word"; echo bad >&2; exit 3';
      const result = await api.exec(harness.pod, ["sh", "-c", script], { stdin: "it\n" });
      expect(result).toEqual({ exitCode: 3, stdout: "got it\n", stderr: "bad\n" });
      expect(await api.exec(harness.pod, ["sh", "-c", "echo $0"], {})).toEqual({
        ...{ exitCode: 0, stderr: "", stdout: "sh\n" },
      });
    });

    test("is asked by HTTP; what it answers is an answer", async () => {
      const ok = await api.request(harness.pod, { method: "GET", path: harness.path });
      expect(ok.status).toBe(200);
      expect(ok.body).not.toBe("");
      const missing = await api.request(harness.pod, { method: "GET", path: "/contract/none" });
      expect(missing.status).toBe(404);
    });
  });
}
