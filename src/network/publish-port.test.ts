import { expect, test } from "vitest";
import { FakeContainerEngine } from "../../test/fakes/container-engine/fake-container-engine.ts";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { FakeFreePorts } from "../../test/fakes/fake-free-ports.ts";
import { checkHostPort, ensurePublishedPort } from "./publish-port.ts";

const target = { network: "airfield-dev", nodeAddress: "10.0.0.2", image: "node:1" };
const users = { cluster: "dev", namespace: "default", service: "users", hostPort: 8080 };

async function world({
  taken = [],
  engine = new FakeContainerEngine(),
}: { readonly taken?: readonly number[]; readonly engine?: FakeContainerEngine } = {}) {
  engine.images.add(target.image);
  await engine.createNetwork({ name: target.network, subnet: "10.0.0.0/24", labels: {} });
  engine.onStart((container) => container.log("forwarding"));
  return { engine, freePorts: new FakeFreePorts(taken), clock: new FakeClock() };
}

test("a port that nobody has is right, and is not chosen for anything else from then on", async () => {
  const ports = await world();
  await checkHostPort(users, ports);
  expect(await ports.freePorts.pick({ preferred: [8080, 8081] })).toBe(8081);
});

test("a port that the application has already is right", async () => {
  const ports = await world();
  const { signal } = new AbortController();
  await ensurePublishedPort({ ...users, nodePort: 30080 }, target, ports, signal);
  // Docker's own program listens on it.
  ports.freePorts.taken.add(8080);
  await checkHostPort(users, ports);
  await checkHostPort(users, ports);
});

test("a port of another application, or of any container, is refused with its name", async () => {
  const ports = await world();
  const { signal } = new AbortController();
  await ensurePublishedPort({ ...users, nodePort: 30080 }, target, ports, signal);
  for (const other of [{ service: "orders" }, { namespace: "shop" }, { cluster: "prod" }])
    await expect(checkHostPort({ ...users, ...other }, ports)).rejects.toMatchObject({
      code: "port-taken",
      facts: { port: 8080, owner: "container dev-port-default-users" },
    });
});

test("a port of another program is refused", async () => {
  await expect(checkHostPort(users, await world({ taken: [8080] }))).rejects.toMatchObject({
    code: "port-taken",
    facts: { port: 8080, owner: "another program" },
  });
});

test("of another machine's programs nothing is known", async () => {
  const engine = new FakeContainerEngine({ address: "tcp://build.example:2376" });
  const ports = await world({ taken: [8080], engine });
  await checkHostPort(users, ports);
});

test("a container that cannot forward is removed again, and what it said is told", async () => {
  const ports = await world();
  ports.engine.onStart((container) => {
    container.logLines.length = 0;
    container.log("iptables: Permission denied");
    ports.engine.exit(container.name, 1);
  });
  const { signal } = new AbortController();
  await expect(
    ensurePublishedPort({ ...users, nodePort: 30080 }, target, ports, signal),
  ).rejects.toMatchObject({
    code: "port-not-forwarded",
    facts: { output: expect.stringContaining("iptables: Permission denied") },
  });
  expect(ports.engine.containers).toEqual([]);
});

test("a container that does not forward in time is removed again, and what it said is told", async () => {
  const ports = await world();
  ports.engine.onStart((container) => {
    container.logLines.length = 0;
    container.log("waiting for iptables");
    // After it is followed.
    setImmediate(() => setImmediate(() => ports.clock.advance(60_000)));
  });
  const { signal } = new AbortController();
  await expect(
    ensurePublishedPort({ ...users, nodePort: 30080 }, target, ports, signal),
  ).rejects.toMatchObject({
    code: "port-not-forwarded",
    facts: { output: expect.stringContaining("waiting for iptables"), waited: "60 s" },
  });
  expect(ports.engine.containers).toEqual([]);
});
