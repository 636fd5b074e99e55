import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { readApplicationProperties } from "./application-properties.ts";
import { planProbes, type ProbeInputs } from "./plan-probes.ts";

interface Probes {
  readonly startupProbe: {
    readonly exec?: { readonly command: readonly [string, ...string[]] };
    readonly httpGet?: object;
  };
  readonly readinessProbe: object;
}

function probesOf(yaml: string, changes: Partial<ProbeInputs> = {}): Probes {
  const properties = readApplicationProperties([{ path: "a.yml", text: yaml }], {
    ...{ profiles: [], env: {}, web: "servlet" },
  });
  const facts = { web: "servlet", hasActuator: true } as const;
  return planProbes({ facts, properties, waitsForStart: true, ...changes }) as unknown as Probes;
}

const withoutActuator = { facts: { web: "servlet", hasActuator: false } } as const;

/** Runs the start-up probe as the kubelet would, in a pod of this machine's. */
async function probe(yaml: string, changes: Partial<ProbeInputs> = {}): Promise<unknown> {
  const [program, ...args] = probesOf(yaml, changes).startupProbe.exec?.command ?? [""];
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

test("a start that is waited for is seen by a program in the pod, the rest by the kubelet", () => {
  const { startupProbe, readinessProbe } = probesOf("server.port: 9000");
  expect(startupProbe).toMatchObject({ exec: {}, timeoutSeconds: 25, failureThreshold: 30 });
  expect(startupProbe.exec?.command.slice(3)).toEqual([
    ...["bash", "9000", "/actuator/health/readiness"],
  ]);
  expect(readinessProbe).toEqual(probesOf("", { waitsForStart: false }).readinessProbe);
});

test("asks the management server where there is one, and only the port where there is no actuator", () => {
  const managed = probesOf("management.server:\n  port: 9001\n  base-path: /m");
  expect(managed.startupProbe.exec?.command.slice(4)).toEqual([
    ...["9001", "/m/actuator/health/readiness"],
  ]);
  expect(probesOf("", withoutActuator).startupProbe.exec?.command.slice(4)).toEqual(["8080", ""]);
});

test("leaves TLS to the kubelet", () => {
  expect(probesOf("server.ssl.bundle: x").startupProbe).toMatchObject({
    httpGet: { path: "/actuator/health/liveness", scheme: "HTTPS" },
  });
});

test("the waiting probe ends when the application says that it is ready", async () => {
  const asked: string[] = [];
  const { server, port } = await listening(
    createServer(({ url = "", headers }, response) => {
      asked.push(`${headers.host} ${url}`);
      response.writeHead(asked.length < 3 ? 503 : 200).end("{}");
    }),
  );
  expect(await probe(`server.port: ${port}`)).toBe(0);
  expect(asked).toEqual(Array<string>(3).fill("127.0.0.1 /actuator/health/readiness"));
  server.close();
});

test("the waiting probe ends when the port takes connections", async () => {
  const { server, port } = await listening(createTcpServer());
  server.close();
  await once(server, "close");
  const ended = probe(`server.port: ${port}`, withoutActuator);
  const { server: later } = await listening(createTcpServer(), port);
  expect(await ended).toBe(0);
  later.close();
});
