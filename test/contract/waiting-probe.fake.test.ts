import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { readApplicationProperties } from "../../src/spring/project/read-properties-files.ts";
import { planProbes } from "../../src/spring/objects/plan-probes.ts";

/** Runs the start-up probe of an application on this port as the kubelet would, in a pod of this machine's. */
async function probe(port: number, { hasActuator }: { hasActuator: boolean }): Promise<unknown> {
  const properties = readApplicationProperties([{ path: "a.yml", text: `server.port: ${port}` }], {
    ...{ profiles: [], env: {}, web: "servlet" },
  });
  const facts = { web: "servlet", hasActuator } as const;
  const { startupProbe } = planProbes({ facts, properties, waitsForStart: true }) as {
    readonly startupProbe: { readonly exec: { readonly command: readonly [string, ...string[]] } };
  };
  const [program, ...args] = startupProbe.exec.command;
  const env = { PATH: process.env["PATH"], HOSTNAME: "127.0.0.1" };
  return (await once(spawn(program, args, { env, stdio: "ignore" }), "exit"))[0];
}

async function listening<Kind extends Server | ReturnType<typeof createTcpServer>>(
  server: Kind,
  port = 0,
): Promise<{ readonly server: Kind; readonly port: number }> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

test("the waiting probe ends when the application says that it is ready", async () => {
  const asked: string[] = [];
  const { server, port } = await listening(
    createServer(({ url = "", headers }, response) => {
      asked.push(`${headers.host} ${url}`);
      response.writeHead(asked.length < 3 ? 503 : 200).end("{}");
    }),
  );
  expect(await probe(port, { hasActuator: true })).toBe(0);
  expect(asked).toEqual(Array<string>(3).fill("127.0.0.1 /actuator/health/readiness"));
  server.close();
});

test("the waiting probe ends when the port takes connections", async () => {
  const { server, port } = await listening(createTcpServer());
  server.close();
  await once(server, "close");
  const ended = probe(port, { hasActuator: false });
  const { server: later } = await listening(createTcpServer(), port);
  expect(await ended).toBe(0);
  later.close();
});
