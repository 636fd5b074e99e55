import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root, run, Workspace } from "./airfield.ts";
import { assembledLayout, extractedLayout } from "./assembled-layout.ts";

/** A copy of examples/user-service that each test breaks in its own way, on a cluster of one node. */
let workspace: Workspace;
let name: string;
let project: string;
let url: string;

const controller = "src/main/java/dev/airfield/example/user/UserController.java";

beforeAll(async () => {
  workspace = await Workspace.create();
  name = workspace.clusterName("spring");
  project = join(workspace.folder, "user-service");
  await cp(join(root, "examples/user-service"), project, {
    recursive: true,
    filter: (source) => !source.includes("/target"),
  });
  // No cluster yet: `up` creates it.
  const ran = await workspace.succeeds([
    "up",
    project,
    "--name",
    name,
    "--check-path",
    "/user/1",
    // Also where an image of these sources is kept from another run: a test below needs the archive.
    "--rebuild",
    "-o",
    "json",
  ]);
  url = (JSON.parse(ran.stdout) as { url: string }[])[0]?.url ?? "";
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

async function expectFirstVersionServes(): Promise<void> {
  const answer = await fetch(new URL("/user/1", url));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ id: 1 });
}

/** Changes a file of the project for the time of `work`. */
async function withChange(
  file: string,
  change: (text: string) => string,
  work: () => Promise<void>,
): Promise<void> {
  const path = join(project, file);
  const before = await readFile(path, "utf8");
  expect(change(before)).not.toBe(before);
  await writeFile(path, change(before));
  try {
    await work();
  } finally {
    await writeFile(path, before);
  }
}

test("up on a machine without a cluster makes one and prints what the application answers", async () => {
  await expectFirstVersionServes();
});

test("the application has the environment of its base image, and a locale in which names have umlauts", async () => {
  const run = (...words: readonly string[]) =>
    workspace.kubectl(name, ["exec", "deployment/user-service", "--", ...words]);
  const variables = await run("env");
  expect(variables).toMatch(/^JAVA_HOME=\/./m);
  expect(variables).toMatch(/^LANG=.*UTF-8$/m);
  const settings = await run("sh", "-c", "java -XshowSettings:properties -version 2>&1");
  expect(settings).toMatch(/sun\.jnu\.encoding = UTF-8/);
});

test("a compile error shows the compiler's line, and the version before keeps serving", async () => {
  await withChange(
    controller,
    (text) => text.replace(/return /, "retrun "),
    async () => {
      const ran = await workspace.airfield(["up", project, "--name", name]);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/UserController\.java:\[?\d+/);
      expect(ran.stderr).not.toContain("[INFO]");
      const log = /^Log: (\S+)/m.exec(ran.stderr)?.[1] ?? "";
      expect(await readFile(log, "utf8")).toContain("[INFO]");
      await expectFirstVersionServes();
    },
  );
});

test("an application that crashes at its start shows why, and the version before keeps serving", async () => {
  await withChange(
    controller,
    (text) =>
      text.replace(
        /(class UserController[^{]*\{)/,
        '$1\n  static { if (true) throw new IllegalStateException("boom at start"); }\n',
      ),
    async () => {
      const ran = await workspace.airfield(["up", project, "--name", name]);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toContain("boom at start");
      await expectFirstVersionServes();
    },
  );
});

test("a port that only the code knows is told by what the pod listens on", async () => {
  const factory = "org.springframework.boot.web.server.";
  await withChange(
    "src/main/java/dev/airfield/example/user/UserServiceApplication.java",
    (text) =>
      text.replace(
        /(class UserServiceApplication \{)/,
        `$1
    @org.springframework.context.annotation.Bean
    ${factory}WebServerFactoryCustomizer<${factory}ConfigurableWebServerFactory> port() {
        return factory -> factory.setPort(8099);
    }
`,
      ),
    async () => {
      const ran = await workspace.airfield(["up", project, "--name", name]);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toContain("it listens on 8099, and the probes ask 8080");
      expect(ran.stderr).toContain("SERVER_PORT=8099");
      await expectFirstVersionServes();
    },
  );
});

test("a program that ends by itself is told as one, and runs as a job", async () => {
  const batch = join(workspace.folder, "batch");
  await cp(join(root, "test/corpus/projects/batch"), batch, { recursive: true });
  const asService = await workspace.airfield(["up", batch, "--name", name]);
  expect(asService.exitCode).toBe(1);
  expect(asService.stderr).toMatch(/batch ended by itself after \d+ s, with exit code 0/);
  expect(asService.stderr).toContain("run: job");
  await workspace.succeeds(["down", batch, "--name", name]);

  const asJob = await workspace.succeeds(["up", batch, "--name", name, "--run", "job"]);
  expect(asJob.stderr).toContain("exit code 0");
  const jobs = ["get", "job/batch", "--output=jsonpath={.status.succeeded}"];
  expect(await workspace.kubectl(name, jobs)).toBe("1");
  const again = await workspace.succeeds(["up", batch, "--name", name, "--run", "job"]);
  expect(again.stderr).toContain("unchanged");
  await workspace.succeeds(["down", batch, "--name", name]);
  expect(
    await workspace.kubectl(name, [
      "get",
      "jobs,pods",
      "--selector=app.kubernetes.io/name=batch",
      "--output=name",
    ]),
  ).toBe("");
});

test("the image has, layer by layer, what Spring Boot's own tools extract, byte for byte", async () => {
  const target = join(project, "target");
  const jar = (await readdir(target)).find((file) => file.endsWith(".jar")) ?? "";
  const extracted = join(workspace.folder, "extracted");
  const ran = await run([
    ...["java", "-Djarmode=tools", "-jar", join(target, jar), "extract", "--layers"],
    ...["--application-filename", "application.jar", "--destination", extracted],
  ]);
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  const layout = await assembledLayout(join(target, jar));
  expect(Object.keys(layout).length).toBeGreaterThan(20);
  expect(layout).toEqual(await extractedLayout(extracted));
});

test("an autoscaler's pods and a user's annotation stay, and the JVM starts from its archive", async () => {
  const kubectl = (...args: readonly string[]) => workspace.kubectl(name, args);
  await kubectl(
    "autoscale",
    "deployment",
    "user-service",
    "--min=2",
    "--max=3",
    "--cpu-percent=80",
  );
  await kubectl("annotate", "deployment", "user-service", "example.com/owner=ada");
  const hasTwoPods = ["wait", "deployment/user-service", "--for=jsonpath={.spec.replicas}=2"];
  await kubectl(...hasTwoPods, "--timeout=120s");
  await upWithBuild({ startupArchive: "on" });
  await kubectl(...hasTwoPods, "--timeout=1s");
  expect(await kubectl("get", "deployment", "user-service", "-o", "yaml")).toContain(
    "example.com/owner: ada",
  );
  expect(await mappedFiles()).toContain("/application/application.jsa");
});

test("on a base image of Java 25 the JVM starts from its AOT cache", async () => {
  const { stdout: baseImage } = await run([join(root, "images/content-tag"), "jre-25"]);
  await workspace.succeeds(["prepare", "jre-25"]);
  await upWithBuild({ startupArchive: "on", baseImage });
  expect(await mappedFiles()).toContain("/application/application.aot");
  await expectFirstVersionServes();
});

/** `up` with these settings of the config. */
async function upWithBuild(build: object): Promise<void> {
  const application = { path: ".", checkPath: "/user/1", build };
  const config = { apiVersion: "airfield.dev/v1", kind: "Cluster", name };
  const text = JSON.stringify({ ...config, applications: [application] });
  await writeFile(join(project, "airfield.yaml"), text);
  await workspace.succeeds(["up"], { cwd: project });
}

/** What the JVM of a pod that is to stay has mapped into memory. */
async function mappedFiles(): Promise<string> {
  const listed = await workspace.kubectl(name, ["get", "pods", "-o", "json"]);
  const { items } = JSON.parse(listed) as {
    readonly items: readonly { readonly metadata: { name: string; deletionTimestamp?: string } }[];
  };
  const pod = items.find(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name;
  return workspace.kubectl(name, ["exec", pod ?? "", "--", "cat", "/proc/1/maps"]);
}

const ECHO = `package dev.airfield.example.user;

import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.*;

@RestController
class EchoController {
  private final RabbitTemplate rabbit;

  EchoController(RabbitTemplate rabbit) { this.rabbit = rabbit; }

  @GetMapping("/echo/{text}")
  Object echo(@PathVariable("text") String text) {
    rabbit.convertAndSend("echo", text);
    return rabbit.receiveAndConvert("echo", 10_000);
  }

  @Configuration
  static class Queues {
    @Bean
    Queue echoQueue() { return new Queue("echo"); }
  }
}
`;

test("a message goes to the RabbitMQ that the application depends on, and comes back", async () => {
  const folder = join(workspace.folder, "queue");
  await cp(join(root, "examples/user-service"), join(folder, "echo-service"), {
    recursive: true,
    filter: (source) => !source.includes("/target"),
  });
  const pom = join(folder, "echo-service/pom.xml");
  const starter =
    "<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-amqp</artifactId></dependency>";
  const before = await readFile(pom, "utf8");
  await writeFile(pom, before.replace("<dependencies>", `<dependencies>${starter}`));
  await writeFile(join(folder, "echo-service", dirname(controller), "EchoController.java"), ECHO);
  const application = { name: "echo-service", path: "echo-service", dependsOn: ["queue"] };
  const config = {
    ...{ apiVersion: "airfield.dev/v1", kind: "Cluster", name },
    applications: [{ ...application, checkPath: "/echo/hello" }],
    dependencies: [{ name: "queue", type: "rabbitmq" }],
  };
  await writeFile(join(folder, "airfield.yaml"), JSON.stringify(config));
  const { stdout } = await workspace.succeeds(["up"], { cwd: folder });
  expect(stdout).toContain("answered 200:\nhello");
});

test("a directory without a Spring project is refused", async () => {
  const ran = await workspace.airfield(["up", workspace.folder, "--name", name]);
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toContain(workspace.folder);
});
