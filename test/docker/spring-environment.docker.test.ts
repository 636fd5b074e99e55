import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPorts } from "../../src/adapters/create-ports.ts";
import type { Ports } from "../../src/ports/ports.ts";
import { detectProject } from "../../src/spring/project/detect-project.ts";
import { resolveEnvironment } from "../../src/spring/environment/resolve-environment.ts";
import { assembleImage } from "../../src/spring/image/assemble-image.ts";
import { digestOf } from "../../src/images/oci.ts";
import { anApplication } from "../scenes/spring-scene.ts";
import { RecordingReporter } from "../fakes/recording-reporter.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = join(root, "src/spring/environment");

/** The oldest, the usual and the newest generation that is understood. */
const versions = ["2.7.18", "3.5.16", "4.0.7"] as const;

let folder: string;
let baseImage: string;
let ports: Ports;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "airfield-spring-environment-"));
  // Its last line is the image's name.
  const { stdout } = await run(join(root, "images/build"), ["jre-17"]);
  baseImage = stdout.trim().split("\n").at(-1) ?? "";
  ports = await createPorts({
    reporter: new RecordingReporter(),
    cacheFolder: join(folder, "cache"),
  });
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(versions)("Spring Boot %s", (version) => {
  const dir = () => join(folder, version);
  let imported: Awaited<ReturnType<typeof build>>;

  beforeAll(async () => {
    imported = await build(dir(), {
      "pom.xml": pom({ version }),
      "src/main/java/com/acme/App.java": main(
        'app.setDefaultProperties(java.util.Map.of("server.port", "8083", "server.shutdown", "immediate"));',
      ),
      "src/main/resources/application.yml":
        "spring:\n  config.import: classpath:shared/server.yml\n  profiles.active: dev\n",
      "src/main/resources/application-dev.yml": "server.servlet.context-path: /dev\n",
      "src/main/resources/shared/server.yml":
        "management.endpoints.web.base-path: ${ops.path:/ops}\n---\nspring.config.activate.on-cloud-platform: kubernetes\nmanagement.server.port: 8046\n---\nspring.config.activate.on-cloud-platform: cloud_foundry\nmanagement.server.port: 9999\n",
    });
  }, 600_000);

  test("imports, platforms, profiles and defaults of the code are in its answer", async () => {
    const outcome = await ask(imported, { profiles: ["k8s"], addsProfiles: true });
    expect(outcome).toMatchObject({
      isNew: true,
      answer: {
        ...{ springBoot: version, web: "servlet", profiles: ["dev", "k8s"] },
        ownProfiles: { names: ["dev"], origin: ["src/main/resources/application.yml:3"] },
        properties: {
          "server.port": {
            value: "8083",
            origin: ["the code (default properties of SpringApplication)"],
          },
          "server.shutdown": { value: "immediate" },
          "server.servlet.context-path": {
            value: "/dev",
            origin: ["src/main/resources/application-dev.yml:1"],
          },
          "management.server.port": { value: "8046" },
          "management.endpoints.web.base-path": {
            value: "/ops",
            origin: [
              "src/main/resources/shared/server.yml:1",
              "src/main/resources/application.yml:2",
            ],
          },
        },
      },
    });
    expect(await ask(imported, { profiles: ["k8s"], addsProfiles: true })).toMatchObject({
      isNew: false,
    });
  }, 120_000);

  test("the pod's variables, ConfigMap and JSON win over the archive", async () => {
    const env = { SPRING_APPLICATION_JSON: '{"server":{"port":8047}}', OPS_PATH: "/o" };
    const config = {
      "application-k8s.yml": Buffer.from(
        "server.address: 10.0.0.1\nspring.mvc.servlet.path: /${random.uuid}",
      ),
    };
    const outcome = await ask(imported, { profiles: ["k8s"], env }, config);
    expect(outcome).toMatchObject({
      answer: {
        profiles: ["k8s"],
        properties: {
          "server.port": { value: "8047", origin: ["the variable SPRING_APPLICATION_JSON"] },
          "server.address": { value: "10.0.0.1", origin: ["application-k8s.yml:1"] },
          "management.endpoints.web.base-path": { value: "/o" },
        },
      },
    });
    const properties = "answer" in outcome ? outcome.answer.properties : {};
    // A random one is another one each time.
    expect(properties["spring.mvc.servlet.path"]).toEqual({ origin: ["application-k8s.yml:2"] });
    expect(properties).not.toHaveProperty(["server.servlet.context-path"]);
  }, 120_000);
});

test("a main that does not come to Spring Boot does not hide what its files say", async () => {
  const archive = await build(join(folder, "no-main"), {
    "pom.xml": pom({ version: "3.5.16" }),
    "src/main/java/com/acme/App.java": main("System.exit(3);"),
    "src/main/resources/application.properties": "server.port=8050\n",
  });
  expect(await ask(archive, {})).toMatchObject({
    answer: { properties: { "server.port": { value: "8050" } } },
  });
}, 600_000);

test("a bootstrap context is not taken for the application's own", async () => {
  const archive = await build(join(folder, "bootstrap"), {
    "pom.xml": pom({
      version: "3.5.16",
      dependency:
        "<dependency><groupId>org.springframework.cloud</groupId><artifactId>spring-cloud-starter-bootstrap</artifactId><version>4.3.0</version></dependency>",
    }),
    "src/main/java/com/acme/App.java": main(""),
    "src/main/resources/bootstrap.yml": "spring.application.name: price-list\nserver.port: 8093\n",
    "src/main/resources/application.yml": "management.server.address: 127.0.0.1\n",
  });
  expect(await ask(archive, {})).toMatchObject({
    answer: {
      properties: {
        "server.port": { value: "8093", origin: ["src/main/resources/bootstrap.yml:2"] },
        "spring.application.name": { value: "price-list" },
        "management.server.address": { value: "127.0.0.1" },
      },
    },
  });
}, 600_000);

test("the context of a parent is not taken for the one that serves", async () => {
  const archive = await build(join(folder, "parent"), {
    "pom.xml": pom({ version: "3.5.16" }),
    "src/main/java/com/acme/Parent.java":
      "package com.acme;\nimport org.springframework.context.annotation.*;\n@Configuration public class Parent {\n" +
      '  @Bean Object database() { throw new IllegalStateException("no network"); }\n}\n',
    "src/main/java/com/acme/App.java": `package com.acme;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
@EnableAutoConfiguration
public class App {
  public static void main(String[] args) {
    new SpringApplicationBuilder(Parent.class).child(App.class).properties("server.port=8071").run(args);
  }
}
`,
  });
  expect(await ask(archive, {})).toMatchObject({
    answer: { web: "servlet", properties: { "server.port": { value: "8071" } } },
  });
}, 600_000);

test("a war is asked by its launcher", async () => {
  const archive = await build(join(folder, "war"), {
    "pom.xml": pom({ version: "3.5.16", packaging: "war" }),
    "src/main/java/com/acme/App.java": main(""),
    "src/main/resources/application.properties": "# C:\\srv\\\nserver.port=8091\n",
  });
  expect(await ask(archive, {})).toMatchObject({
    answer: {
      properties: {
        "server.port": { value: "8091", origin: ["src/main/resources/application.properties:2"] },
      },
    },
  });
}, 600_000);

async function build(dir: string, files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  await run("mvn", ["-q", "-B", "-DskipTests", "package"], { cwd: dir });
  const project = await detectProject(dir, { files: ports.files });
  const archive = join(dir, "target", `app-1.${project.packaging}`);
  const image = await assembleImage(
    { name: "airfield.internal/app:1", archive, baseImage, labels: {}, isKept: false },
    ports,
  );
  return { project, archive, image };
}

function ask(
  { project, archive, image }: Awaited<ReturnType<typeof build>>,
  application: Parameters<typeof anApplication>[0],
  config: Readonly<Record<string, Uint8Array>> = {},
) {
  return resolveEnvironment(
    {
      ...{ application: anApplication(application), project, dependencies: [] },
      ...{ contents: { config, secrets: {} }, imageId: digestOf(image.config) },
    },
    {
      ...{ image, baseImage, sources, javaHome: process.env["JAVA_HOME"] },
      archive: { path: archive, classes: undefined },
    },
    ports,
    new AbortController().signal,
  );
}

function main(before: string): string {
  return `package com.acme;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
@SpringBootApplication
public class App {
  public static void main(String[] args) {
    SpringApplication app = new SpringApplication(App.class);
    ${before}
    app.run(args);
  }
}
`;
}

function pom({
  version,
  packaging = "jar",
  dependency = "",
}: {
  readonly version: string;
  readonly packaging?: string;
  readonly dependency?: string;
}): string {
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>${version}</version>
    <relativePath/>
  </parent>
  <groupId>com.acme</groupId>
  <artifactId>app</artifactId>
  <version>1</version>
  <packaging>${packaging}</packaging>
  <properties><java.version>17</java.version></properties>
  <dependencies>
    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
    ${dependency}
  </dependencies>
  <build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
</project>
`;
}
