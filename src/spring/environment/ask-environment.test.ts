import { beforeEach, expect, test } from "vitest";
import { fakePorts, type FakePorts } from "../../../test/fakes/fake-ports.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { askEnvironment } from "./ask-environment.ts";
import { LATE, QUESTION_LABEL } from "./plan-question.ts";

const ANSWER =
  'airfield-environment {"springBoot":"3.5.16","java":"17","web":"servlet","profiles":["k8s"],"ownProfiles":null,"properties":{"server.port":{"value":"8047","origin":[]}},"classes":[]}';

let ports: FakePorts;

beforeEach(() => {
  ports = fakePorts();
  ports.engine.images.add("airfield/jre-17:1");
});

function ask() {
  return askEnvironment(
    {
      ...{ baseImage: "airfield/jre-17:1", layersFolder: "/cache/layers", layers: ["a.tar"] },
      entrypoint: ["java", "-jar", "application.jar"],
    },
    { env: {}, contents: { config: { "application.yml": Buffer.from("a: 1") }, secrets: {} } },
    { readerFolder: "/cache/reader", key: "0123456789abcdef" },
    ports,
    new AbortController().signal,
  );
}

function says(...lines: readonly string[]): void {
  ports.engine.onStart((container) => {
    container.logLines.push(...lines);
    container.state = "exited";
  });
}

const left = () => ports.engine.containers.map(({ name }) => name);

test("the answer is the application's own, and nothing is left of the question", async () => {
  says("  .   ____", "Hello from main", ANSWER);
  expect(await ask()).toMatchObject({
    answer: { springBoot: "3.5.16", properties: { "server.port": { value: "8047" } } },
  });
  expect(left()).toEqual([]);
  expect(ports.files.paths.filter((path) => path.startsWith("/tmp"))).toEqual([]);
});

test.each([
  [["java.lang.IllegalStateException: no such file"], { mayPass: false }],
  [[], { reason: "it said nothing", mayPass: false }],
  [["starting", LATE], { mayPass: true }],
])("lines %j are no answer: %j", async (lines, expected) => {
  says(...lines);
  expect(await ask()).toMatchObject(expected);
  expect(left()).toEqual([]);
});

test("what a killed command has left is removed, and what another asks just now is not", async () => {
  const spec = {
    ...{ image: "airfield/jre-17:1", labels: { [QUESTION_LABEL]: "x" }, env: {} },
    ...{ hostname: "x", network: { name: "none" }, restart: "no" as const },
  };
  for (const name of ["ended", "asking"]) await ports.engine.createContainer({ ...spec, name });
  const [ended, asking] = [ports.engine.container("ended"), ports.engine.container("asking")];
  [ended.state, asking.state] = ["exited", "running"];
  says(ANSWER);
  await ask();
  expect(left()).toEqual(["asking"]);
});

test("an engine that cannot do it is a reason, not the end of up", async () => {
  ports.engine.createContainer = () =>
    Promise.reject(
      new ToolError("engine-not-running", {
        address: "unix:///var/run/docker.sock",
      }),
    );
  expect(await ask()).toMatchObject({ mayPass: true });
});
