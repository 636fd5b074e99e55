import { expect, test } from "vitest";
import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { putBaseImage } from "../../../test/fakes/spring/a-base-image.ts";
import { APPLICATION_CLASS, pomXml } from "../../../test/fakes/spring/a-spring-project.ts";
import { anApplication, SpringScene } from "../../../test/scenes/spring-scene.ts";
import { upSeveral, type UpSeveralRequest, type UpSeveralResult } from "./up-several.ts";

/** A machine with projects in /shop/NAME. */
function sceneOf(...names: readonly string[]): SpringScene {
  const scene = new SpringScene();
  for (const name of names) {
    scene.ports.files
      .put(`/shop/${name}/pom.xml`, pomXml({ artifactId: name }))
      .put(`/shop/${name}/src/main/java/Application.java`, `${APPLICATION_CLASS} // ${name}`);
  }
  return scene;
}

function service(name: string, ...dependsOn: readonly string[]): ApplicationConfig {
  return anApplication({ name, path: `/shop/${name}`, dependsOn });
}

const database: DependencyConfig = {
  ...{ name: "orders-db", type: "postgresql", namespace: "default" },
  ...{ storage: "1Gi", database: "orders" },
};

async function upAll(
  scene: SpringScene,
  applications: readonly ApplicationConfig[],
  more: Partial<UpSeveralRequest> = {},
): Promise<UpSeveralResult> {
  const { cluster, ports, abort } = scene;
  await putBaseImage(ports.engine, "airfield/jre-17:1");
  const settings = {
    ...{ rebuild: false, offline: false, runTests: false, rolloutTimeoutMs: 60_000 },
    environment: {},
  };
  const request = { applications, dependencies: [], settings, ...more };
  return upSeveral(request, { cluster, ports, signal: abort.signal });
}

/** In the order in which they were applied. */
function applied(scene: SpringScene): readonly string[] {
  return scene.ports.reporter.events.flatMap((event) =>
    event.type === "step-finished" && event.stepId === "apply-manifests"
      ? [(event as { application?: string }).application ?? ""]
      : [],
  );
}

const failureOf = async (work: Promise<unknown>): Promise<readonly unknown[]> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
};

test("rolls out what others depend on before them, and makes one cluster for all", async () => {
  const scene = sceneOf("orders", "stock", "web");
  const results = await upAll(
    scene,
    [service("web", "orders"), service("orders", "stock", "orders-db"), service("stock")],
    { dependencies: [database] },
  );
  expect(results.map(({ name, changed }) => [name, changed])).toEqual([
    ["orders-db", true],
    ["web", true],
    ["orders", true],
    ["stock", true],
  ]);
  const order = applied(scene);
  expect(order.indexOf("orders")).toBeGreaterThan(order.indexOf("stock"));
  expect(order.indexOf("orders")).toBeGreaterThan(order.indexOf("orders-db"));
  expect(order.at(-1)).toBe("web");
  expect(scene.cluster.calls.filter((call) => call === "ensureCluster")).toHaveLength(1);
});

test("one that waits for what failed says so in its step", async () => {
  const scene = sceneOf("orders", "stock");
  scene.brokenFolders.add("/shop/stock");
  await failureOf(upAll(scene, [service("orders", "stock"), service("stock")]));
  expect(scene.ports.reporter.of("step-failed")).toContainEqual(
    expect.objectContaining({
      stepId: "wait-for-prerequisites",
      code: "prerequisites-missing",
    }),
  );
});

test("one that fails stops those that depend on it, and no others", async () => {
  const scene = sceneOf("orders", "stock", "web", "users");
  scene.brokenFolders.add("/shop/stock");
  const failures = await failureOf(
    upAll(scene, [
      service("web", "orders"),
      service("orders", "stock"),
      service("stock"),
      service("users"),
    ]),
  );
  expect(failures).toMatchObject([
    { code: "build-failed", facts: { project: "stock" } },
    {
      code: "applications-not-up",
      exitCode: 1,
      facts: {
        isUp: ["users"],
        failed: ["stock"],
        notStarted: ["web (needs orders)", "orders (needs stock)"],
      },
    },
  ]);
  expect(scene.cluster.get("Deployment", "users")).toBeDefined();
  expect(scene.cluster.get("Deployment", "orders")).toBeUndefined();
});

test("what ran before goes on when what it depends on fails", async () => {
  const scene = sceneOf("orders", "stock");
  const both = [service("orders", "stock"), service("stock")];
  await upAll(scene, both);
  const before = scene.cluster.get("Deployment", "orders");
  scene.brokenFolders.add("/shop/stock");
  scene.ports.files.put("/shop/stock/src/main/java/New.java", "class New {}");
  scene.ports.files.put("/shop/orders/src/main/java/New.java", "class New {}");
  await failureOf(upAll(scene, both));
  expect(scene.cluster.get("Deployment", "orders")).toEqual(before);
});

test("one by name takes what it depends on along, without building again what is up", async () => {
  const scene = sceneOf("orders", "stock", "web");
  const orders = service("orders", "stock");
  const all = [service("web"), orders, service("stock")];
  await upAll(scene, all, { only: [orders] });
  expect(scene.cluster.get("Deployment", "web")).toBeUndefined();
  expect(scene.cluster.get("Deployment", "stock")).toBeDefined();
  scene.brokenFolders.add("/shop/stock");
  scene.ports.files.put("/shop/stock/src/main/java/New.java", "class New {}");
  const results = await upAll(scene, all, { only: ["orders"] });
  expect(results.map(({ name, changed }) => [name, changed])).toEqual([["orders", false]]);
});

test("events say which application they are about", async () => {
  const scene = sceneOf("orders", "stock");
  await upAll(scene, [service("orders"), service("stock")]);
  const started = scene.ports.reporter.events.filter(({ type }) => type === "step-started");
  expect(new Set(started.map((event) => (event as { application?: string }).application))).toEqual(
    new Set(["orders", "stock"]),
  );
  expect(scene.ports.reporter.of("run-started")).toHaveLength(1);
  expect(scene.ports.reporter.of("run-finished").at(-1)?.summary).toBe("Up: orders, stock");
});

test("modules of one build are built once", async () => {
  const scene = new SpringScene();
  const parent = pomXml({
    artifactId: "shop",
    more: "<packaging>pom</packaging><modules><module>a</module><module>b</module></modules>",
  });
  scene.ports.files.put("/shop/pom.xml", parent);
  for (const name of ["a", "b"]) {
    scene.ports.files
      .put(`/shop/${name}/pom.xml`, pomXml({ artifactId: name }))
      .put(`/shop/${name}/src/main/java/Application.java`, APPLICATION_CLASS)
      .put(`/shop/${name}/target/${name}-1.0.0.jar`, scene.archive);
  }
  await upAll(scene, [service("a"), service("b")]);
  const builds = scene.work.filter((line) => line.startsWith("mvn"));
  expect(builds).toHaveLength(1);
  expect(builds[0]).toContain("--projects a,b --also-make");
  // They are of one command, which waits for itself nowhere.
  expect(scene.ports.reporter.of("output").filter(({ source }) => source === "build")).toEqual([]);
});

test.each([
  {
    code: "application-name-duplicate",
    applications: [
      anApplication({ path: "/shop/a" }),
      service("b"),
      anApplication({ path: "/shop/a" }),
    ],
  },
  { code: "dependency-unknown", applications: [service("a", "nobody")] },
  {
    code: "dependencies-circular",
    applications: [
      anApplication({ path: "/shop/a", dependsOn: ["b"] }),
      anApplication({ path: "/shop/b", dependsOn: ["a"] }),
    ],
  },
])("$code is refused before anything is begun", async ({ code, applications }) => {
  const scene = sceneOf("a", "b");
  const [failure] = await failureOf(upAll(scene, applications));
  expect(failure).toMatchObject({ code, exitCode: 2 });
  expect(scene.work).toEqual([]);
  expect(scene.cluster.exists).toBe(false);
});

test("two applications cannot be given one host port", async () => {
  const scene = sceneOf("orders", "stock");
  const both = [service("orders"), service("stock")].map((application) => ({
    ...application,
    hostPort: 8080,
  }));
  await expect(upAll(scene, both)).rejects.toMatchObject({
    code: "host-port-duplicate",
    facts: { port: 8080, first: "orders", second: "stock" },
  });
  expect([scene.work, scene.cluster.calls]).toEqual([[], []]);
});

test("a host port that the config names is not given to an application that takes any", async () => {
  const scene = sceneOf("orders", "stock");
  await upAll(scene, [service("orders"), { ...service("stock"), hostPort: 8080 }], {
    only: ["orders"],
  });
  expect(await scene.ports.freePorts.pick({ preferred: [8080, 8081] })).toBe(8081);
});

test("a host port that something else has keeps back only what it is for", async () => {
  const scene = sceneOf("orders", "stock");
  scene.cluster.takenPorts.set(8080, "another program");
  const failures = await failureOf(
    upAll(scene, [service("orders"), { ...service("stock"), hostPort: 8080 }]),
  );
  expect(failures).toMatchObject([
    { code: "port-taken" },
    { code: "applications-not-up", facts: { isUp: ["orders"], failed: ["stock"] } },
  ]);
  expect(scene.work.filter((line) => line.includes("mvn"))).toHaveLength(1);
});

test("a name that nobody has is told with those that there are", async () => {
  const scene = sceneOf("a");
  const [failure] = await failureOf(upAll(scene, [service("a")], { only: ["b"] }));
  expect(failure).toMatchObject({ code: "application-unknown", facts: { known: ["a"] } });
});

test("a database keeps its credentials, and its volume's size", async () => {
  const scene = sceneOf("orders");
  const orders = service("orders", "orders-db");
  await upAll(scene, [orders], { dependencies: [database] });
  const secret = scene.cluster.get("Secret", "orders-db");
  const again = await upAll(scene, [orders], { dependencies: [database] });
  expect(again.map(({ changed }) => changed)).toEqual([false, false]);
  expect(scene.cluster.get("Secret", "orders-db")).toEqual(secret);
  await upAll(scene, [orders], { dependencies: [{ ...database, storage: "2Gi" }] });
  expect(scene.ports.reporter.of("warning").map(({ code }) => code)).toContain("storage-unchanged");
  const password = String((secret?.["data"] as Record<string, string>)["password"]);
  expect(JSON.stringify(scene.ports.reporter.events)).not.toContain(
    Buffer.from(password, "base64").toString(),
  );
});

test("a database that does not come up says why, and its application is not started", async () => {
  const scene = sceneOf("orders");
  scene.cluster.outcome = ({ kind }) => (kind === "StatefulSet" ? "crash" : "ready");
  const failures = await failureOf(
    upAll(scene, [service("orders", "orders-db")], { dependencies: [database] }),
  );
  expect(failures).toMatchObject([
    { code: "dependency-not-ready", facts: { pod: "orders-db-0", reason: "exit code 1" } },
    { code: "applications-not-up", facts: { notStarted: ["orders (needs orders-db)"] } },
  ]);
  expect(scene.cluster.get("Deployment", "orders")).toBeUndefined();
});

test("Ctrl-C ends all of them", async () => {
  const scene = sceneOf("orders", "stock");
  scene.cluster.outcome = () => "pending";
  scene.cluster.onLook = () => scene.abort.abort(new Error("Ctrl-C"));
  await expect(upAll(scene, [service("orders"), service("stock")])).rejects.toThrow("Ctrl-C");
});

test("a cluster that was made for it goes again when nothing came to run in it", async () => {
  const scene = sceneOf("orders");
  scene.brokenFolders.add("/shop/orders");
  await failureOf(upAll(scene, [service("orders")]));
  expect(scene.cluster.exists).toBe(false);
  scene.cluster.exists = true;
  await failureOf(upAll(scene, [service("orders")]));
  expect(scene.cluster.exists).toBe(true);
});

test("it stays for what is up, and for a look at what crashed", async () => {
  const scene = sceneOf("orders", "stock");
  scene.brokenFolders.add("/shop/orders");
  scene.cluster.outcome = () => "crash";
  await failureOf(upAll(scene, [service("orders"), service("stock")]));
  expect(scene.cluster.exists).toBe(true);
});

test("it goes again when the user cancels", async () => {
  const scene = sceneOf("orders");
  scene.cluster.outcome = () => "pending";
  scene.cluster.onLook = () => {
    scene.abort.abort(new ToolError("cancelled", { what: "Bringing up orders" }));
  };
  const [failure] = await failureOf(upAll(scene, [service("orders")]));
  expect(failure).toMatchObject({ code: "cancelled" });
  expect(scene.cluster.exists).toBe(false);
});

test("an image that several need is brought to the nodes once", async () => {
  const scene = sceneOf("orders", "stock");
  await upAll(scene, [service("orders"), service("stock")]);
  const loads = scene.cluster.calls.filter((call) => call === "loadImage airfield/jre-17:1");
  expect(loads).toHaveLength(1);
});

test("an application without room waits for the roll-outs beside it, which may leave some", async () => {
  const scene = sceneOf("big", "slow");
  const { cluster, ports } = scene;
  const startedMs = ports.clock.monotonicMs();
  const isOver = () => ports.clock.monotonicMs() - startedMs > 30_000;
  cluster.outcome = ({ metadata }) => {
    if (isOver()) return "ready";
    return metadata.name === "big" ? "unschedulable" : "pending";
  };
  const results = await upAll(scene, [service("big"), service("slow")]);
  expect(results).toMatchObject([{ changed: true }, { changed: true }]);
});

test("applications without room do not wait for each other", async () => {
  const scene = sceneOf("one", "two");
  scene.cluster.outcome = () => "unschedulable";
  const errors = await failureOf(upAll(scene, [service("one"), service("two")]));
  expect(errors.map((error) => (error as ToolError).code)).toEqual([
    "application-not-scheduled",
    "application-not-scheduled",
    "applications-not-up",
  ]);
  expect(scene.ports.clock.monotonicMs()).toBeLessThan(30_000);
});

test("an application without room is given up after the last roll-out beside it", async () => {
  const scene = sceneOf("big", "slow");
  const { cluster, ports } = scene;
  cluster.outcome = ({ metadata }) => {
    if (metadata.name === "big") return "unschedulable";
    return ports.clock.monotonicMs() > 30_000 ? "ready" : "pending";
  };
  const errors = await failureOf(upAll(scene, [service("big"), service("slow")]));
  expect(errors[0]).toMatchObject({ code: "application-not-scheduled" });
  expect(ports.clock.monotonicMs()).toBeGreaterThan(38_000);
  expect(ports.clock.monotonicMs()).toBeLessThan(55_000);
});
