import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { detectProject, listModules } from "./detect-project.ts";
import {
  APPLICATION_CLASS,
  mavenProject,
  pomXml,
} from "../../../test/fakes/spring/a-spring-project.ts";

const detect = (files: Readonly<Record<string, string>>, dir = "/app", module?: string) =>
  detectProject(dir, {
    files: new FakeFiles(files),
    ...(module === undefined ? {} : { module }),
  });

test("reads a Maven project", async () => {
  expect(await detect(mavenProject())).toEqual({
    buildTool: "maven",
    rootDir: "/app",
    dir: "/app",
    artifact: "user-service",
    version: "1.0.0",
    archiveName: "user-service-1.0.0.jar",
    packaging: "jar",
    springBootVersion: "3.5.16",
    javaVersion: 17,
    web: "servlet",
    hasActuator: true,
    usesTestJars: false,
    usesToolchains: false,
    propertiesFiles: [
      {
        path: "/app/src/main/resources/application.yml",
        text: "spring:\n  application:\n    name: user-service\n",
      },
    ],
  });
});

test("tells reactive applications and those without actuator", async () => {
  const pom = pomXml({ bootVersion: "4.1.0", dependencies: ["spring-boot-starter-webflux"] });
  expect(await detect(mavenProject({ "/app/pom.xml": pom }))).toMatchObject({
    springBootVersion: "4.1.0",
    web: "reactive",
    hasActuator: false,
  });
});

test("finds the version of Spring Boot in an imported BOM, and Java and the archive's name in properties", async () => {
  const pom = `<project>
    <artifactId>a</artifactId><version>\${revision}</version>
    <properties><revision>2</revision><boot>3.4.1</boot><maven.compiler.release>21</maven.compiler.release></properties>
    <dependencyManagement><dependencies><dependency>
      <groupId>org.springframework.boot</groupId><artifactId>spring-boot-dependencies</artifactId>
      <version>\${boot}</version><type>pom</type><scope>import</scope>
    </dependency></dependencies></dependencyManagement>
    <build><finalName>\${project.artifactId}-app</finalName></build>
  </project>`;
  expect(await detect(mavenProject({ "/app/pom.xml": pom }))).toMatchObject({
    springBootVersion: "3.4.1",
    javaVersion: 21,
    version: "2",
    archiveName: "a-app.jar",
  });
});

test.each([
  ["${project.basedir}/out", "/app/out"],
  ["${basedir}/out/${project.version}", "/app/out/1.0.0"],
  ["build/maven", "/app/build/maven"],
  ["/var/builds/${project.artifactId}", "/var/builds/user-service"],
  ["${unknown}/out", undefined],
])("a build's directory %s is %s", async (directory, outputDir) => {
  const more = `<build><directory>${directory}</directory></build>`;
  const { outputDir: found } = await detect(mavenProject({ "/app/pom.xml": pomXml({ more }) }));
  expect(found).toBe(outputDir);
});

test("takes what parents in the same project say", async () => {
  const files = {
    "/shop/pom.xml": pomXml({
      artifactId: "shop",
      more: "<packaging>pom</packaging><modules><module>api</module></modules><properties><java.version>21</java.version></properties>",
    }),
    "/shop/api/pom.xml": `<project><parent><groupId>com.example</groupId><artifactId>shop</artifactId><version>1.0.0</version></parent><artifactId>api</artifactId></project>`,
    "/shop/api/src/main/java/A.java": APPLICATION_CLASS,
  };
  const expected = {
    rootDir: "/shop",
    dir: "/shop/api",
    module: "api",
    artifact: "api",
    javaVersion: 21,
    hasActuator: true,
    archiveName: "api-1.0.0.jar",
  };
  // From the root, where it is the only application, and from its own folder.
  expect(await detect(files, "/shop")).toMatchObject(expected);
  expect(await detect(files, "/shop/api")).toMatchObject(expected);
});

const severalModules = {
  "/shop/pom.xml": `<project><artifactId>shop</artifactId><packaging>pom</packaging><modules><module>users</module><module>apps/orders</module><module>library</module></modules></project>`,
  "/shop/users/pom.xml": pomXml({ artifactId: "users" }),
  "/shop/users/src/main/java/A.java": APPLICATION_CLASS,
  "/shop/apps/orders/pom.xml": pomXml({ artifactId: "order-service" }),
  "/shop/apps/orders/src/main/kotlin/deep/A.kt": APPLICATION_CLASS,
  "/shop/library/pom.xml": pomXml({ artifactId: "library" }),
  "/shop/library/src/main/java/L.java": "class L {}",
};

test("lists the applications of a project with several, and only those", async () => {
  await expect(detect(severalModules, "/shop")).rejects.toMatchObject({
    code: "module-not-chosen",
    facts: { modules: ["users", "apps/orders"] },
  });
});

test.each(["apps/orders", "order-service", ":order-service", "./apps/orders/"])(
  "takes the module named %s",
  async (module) => {
    expect(await detect(severalModules, "/shop", module)).toMatchObject({
      dir: "/shop/apps/orders",
      rootDir: "/shop",
      module: "apps/orders",
    });
  },
);

test("sees whether the build can read service bindings", async () => {
  const dependencies = ["spring-boot-starter-web", "spring-cloud-bindings"];
  const files = mavenProject({ "/app/pom.xml": pomXml({ dependencies }) });
  expect(await detect(files)).toMatchObject({ readsBindings: true });
});

test("knows the modules that an application is not made of", async () => {
  const files = {
    ...severalModules,
    "/shop/users/pom.xml": pomXml({ artifactId: "users" }),
    "/shop/apps/orders/pom.xml": pomXml({
      artifactId: "orders",
      more: "<profiles><profile><dependencies><dependency><artifactId>library</artifactId></dependency></dependencies></profile></profiles>",
    }),
    "/shop/library/pom.xml": "<project><artifactId>library</artifactId></project>",
  };
  expect(await detect(files, "/shop", "users")).toMatchObject({
    otherModules: ["/shop/apps/orders", "/shop/library"],
  });
  expect(await detect(files, "/shop", "orders")).toMatchObject({ otherModules: ["/shop/users"] });
});

test("lists the modules that are applications", async () => {
  expect(await listModules("/shop", new FakeFiles(severalModules))).toEqual([
    "users",
    "apps/orders",
  ]);
  expect(await listModules("/app", new FakeFiles(mavenProject()))).toEqual([]);
});

test("refuses a module that is no application", async () => {
  await expect(detect(severalModules, "/shop", "library")).rejects.toMatchObject({
    code: "module-not-found",
  });
  await expect(detect(mavenProject(), "/app", "x")).rejects.toMatchObject({
    code: "module-not-found",
  });
});

test("uses a wrapper only when it can work", async () => {
  const properties = { "/app/.mvn/wrapper/maven-wrapper.properties": "x" };
  const withBoth = new FakeFiles(mavenProject(properties)).put("/app/mvnw", "", 0o755);
  const notExecutable = new FakeFiles(mavenProject(properties)).put("/app/mvnw", "", 0o644);
  const withoutProperties = new FakeFiles(mavenProject()).put("/app/mvnw", "", 0o755);
  const wrapperIn = async (files: FakeFiles) => (await detectProject("/app", { files })).wrapper;
  expect(await wrapperIn(withBoth)).toEqual({ isExecutable: true });
  expect(await wrapperIn(notExecutable)).toEqual({ isExecutable: false });
  expect(await wrapperIn(withoutProperties)).toBeUndefined();
});

test("finds the project's own Dockerfile", async () => {
  expect((await detect(mavenProject({ "/app/Dockerfile": "FROM x" }))).dockerfile).toBe(
    "/app/Dockerfile",
  );
});

const jibPlugin = (more = "") =>
  `<build><plugins><plugin><groupId>com.google.cloud.tools</groupId><artifactId>jib-maven-plugin</artifactId>${more}</plugin></plugins></build>`;
const springPlugin = 'id("org.springframework.boot") version "3.5.16"';

test.each<[string, Readonly<Record<string, string>>, object | undefined]>([
  ["a pom", { "/app/pom.xml": pomXml({ more: jibPlugin() }) }, { hasBaseImage: false }],
  [
    "a pom with a base image",
    {
      "/app/pom.xml": pomXml({
        more: jibPlugin("<configuration><from><image>jre:21</image></from></configuration>"),
      }),
    },
    { hasBaseImage: true },
  ],
  ["a pom without", { "/app/pom.xml": pomXml() }, undefined],
  [
    "Gradle in Kotlin",
    {
      "/app/build.gradle.kts": `plugins { ${springPlugin}; id("com.google.cloud.tools.jib") version "3.4.5" }`,
    },
    { hasBaseImage: false },
  ],
  [
    "Gradle in Groovy with a base image",
    {
      "/app/build.gradle": `plugins { ${springPlugin}\nid 'com.google.cloud.tools.jib' version '3.4.5' }\njib { from { image = 'jre:21' } }`,
    },
    { hasBaseImage: true },
  ],
  ["Gradle without", { "/app/build.gradle": `plugins { ${springPlugin} }` }, undefined],
])("sees the Jib plugin in %s", async (_where, files, jib) => {
  expect((await detect({ "/app/src/main/java/A.java": APPLICATION_CLASS, ...files })).jib).toEqual(
    jib,
  );
});

test("finds configuration files in the order in which they win", async () => {
  const { propertiesFiles } = await detect(
    mavenProject({
      "/app/src/main/resources/application.properties": "a=1",
      "/app/src/main/resources/application-k8s.yaml": "a: 2",
      "/app/src/main/resources/config/application.yml": "a: 3",
      "/app/src/main/resources/applications.yml": "no",
    }),
  );
  expect(
    propertiesFiles.map(({ path, profile }) => [
      path.slice("/app/src/main/resources/".length),
      profile,
    ]),
  ).toEqual([
    ["application-k8s.yaml", "k8s"],
    ["application.yml", undefined],
    ["application.properties", undefined],
    ["config/application.yml", undefined],
  ]);
});

test.each([
  ["plugins {\n  id 'java'\n  id 'org.springframework.boot' version '3.5.16'\n}"],
  ['plugins {\n  java\n  id("org.springframework.boot") version "3.5.16"\n}'],
  [
    "buildscript { dependencies { classpath 'org.springframework.boot:spring-boot-gradle-plugin:3.5.16' } }\napply plugin: 'org.springframework.boot'",
  ],
])("reads a Gradle project: %s", async (plugins) => {
  const build = `${plugins}
    version = "1.2"
    java { toolchain { languageVersion = JavaLanguageVersion.of(21) } }
    dependencies {
      implementation 'org.springframework.boot:spring-boot-starter-web'
      implementation("org.springframework.boot:spring-boot-starter-actuator")
      // implementation 'org.springframework.boot:spring-boot-starter-webflux'
    }`;
  const name = plugins.includes("(") ? "/app/build.gradle.kts" : "/app/build.gradle";
  expect(
    await detect({ [name]: build, "/app/settings.gradle": "rootProject.name = 'shop'" }),
  ).toMatchObject({
    buildTool: "gradle",
    artifact: "shop",
    archiveName: "shop-1.2.jar",
    springBootVersion: "3.5.16",
    javaVersion: 21,
    web: "servlet",
    hasActuator: true,
  });
});

test("reads a Gradle version catalogue", async () => {
  const files = {
    "/app/settings.gradle.kts": 'rootProject.name = "shop"',
    "/app/build.gradle.kts":
      "plugins {\n  alias(libs.plugins.spring.boot)\n}\ndependencies { implementation(libs.boot.webflux) }",
    "/app/gradle/libs.versions.toml":
      '[versions]\nboot = "4.1.0"\n[libraries]\nboot-webflux = { module = "org.springframework.boot:spring-boot-starter-webflux" }\n[plugins]\nspring-boot = { id = "org.springframework.boot", version.ref = "boot" }\n',
  };
  expect(await detect(files)).toMatchObject({
    springBootVersion: "4.1.0",
    web: "reactive",
    javaVersion: undefined,
  });
});

test("chooses among the applications of a Gradle build", async () => {
  const files = {
    "/shop/settings.gradle.kts": 'include(":users", ":apps:orders")\ninclude("library")',
    "/shop/build.gradle.kts":
      'plugins { id("org.springframework.boot") version "3.5.16" apply false }',
    "/shop/users/build.gradle.kts": 'plugins { id("org.springframework.boot") }',
    "/shop/apps/orders/build.gradle.kts": 'plugins { id("org.springframework.boot") }',
    "/shop/library/build.gradle.kts": "plugins { java }",
  };
  await expect(detect(files, "/shop")).rejects.toMatchObject({
    code: "module-not-chosen",
    facts: { modules: ["users", "apps/orders"] },
  });
  const expected = {
    rootDir: "/shop",
    dir: "/shop/apps/orders",
    module: ":apps:orders",
    artifact: "orders",
  };
  expect(await detect(files, "/shop", ":apps:orders")).toMatchObject(expected);
  expect(await detect(files, "/shop/apps/orders")).toMatchObject(expected);
});

test.each([
  [{ "/app/README.md": "" }, "no-spring-project"],
  [{ "/app/pom.xml": "<project><artifactId>a</artifactId></project>" }, "no-spring-project"],
  [{ "/app/build.gradle": "plugins { id 'java' }" }, "no-spring-project"],
  [{ "/app/pom.xml": pomXml({ more: "<packaging>pom</packaging>" }) }, "no-spring-project"],
  [{ "/app/pom.xml": "<project><artifactId>a</project>" }, "invalid-build-file"],
  [{ "/app/pom.xml": "not xml" }, "invalid-build-file"],
  [{ "/app/pom.xml": "<settings/>" }, "invalid-build-file"],
  [{ "/other/pom.xml": pomXml() }, "project-folder-missing"],
])("refuses %j with %s", async (files, code) => {
  await expect(detect(files as Readonly<Record<string, string>>)).rejects.toMatchObject({ code });
});

test("names the projects below a folder that is none", async () => {
  const files = { "/app/services/a/pom.xml": pomXml(), "/app/b/build.gradle": "" };
  await expect(detect(files)).rejects.toMatchObject({
    facts: { projects: ["b", "services/a"] },
  });
});

const bootParent =
  "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.16</version><relativePath/></parent>";
const compiler = (configuration: string) =>
  `<plugin><artifactId>maven-compiler-plugin</artifactId><configuration>${configuration}</configuration></plugin>`;

test.each([
  ["<properties><java.version>21</java.version></properties>", 21],
  ["<properties><maven.compiler.source>1.8</maven.compiler.source></properties>", 8],
  [`<build><plugins>${compiler("<release>25</release>")}</plugins></build>`, 25],
  [`<build><plugins>${compiler("<source>21</source><target>21</target>")}</plugins></build>`, 21],
  [
    `<build><pluginManagement><plugins>${compiler("<release>21</release>")}</plugins></pluginManagement></build>`,
    21,
  ],
  ["<properties><jdk>25</jdk><java.version>${jdk}</java.version></properties>", 25],
  [
    "<profiles><profile><activation><activeByDefault>true</activeByDefault></activation><properties><java.version>21</java.version></properties></profile></profiles>",
    21,
  ],
  ["", 17],
])("reads the Java version of %s", async (more, javaVersion) => {
  const pom = `<project>${bootParent}<artifactId>a</artifactId>${more}</project>`;
  expect(await detect(mavenProject({ "/app/pom.xml": pom }))).toMatchObject({ javaVersion });
});

test("puts what Maven filters into the configuration, and nothing where it is not known", async () => {
  const { propertiesFiles } = await detect(
    mavenProject({
      "/app/pom.xml": pomXml({ more: "<properties><team>blue</team></properties>" }),
      "/app/src/main/resources/application.yml":
        "spring.application.name: @project.artifactId@\na: @team@\nb: @project.version@\nc: @unknown@\nmail: me@example.com",
    }),
  );
  expect(propertiesFiles[0]?.text).toBe(
    "spring.application.name: user-service\na: blue\nb: 1.0.0\nc: \nmail: me@example.com",
  );
});

test("finds modules of a profile that is active by default", async () => {
  const files = {
    "/shop/pom.xml":
      "<project><artifactId>shop</artifactId><packaging>pom</packaging><profiles><profile><activation><activeByDefault>true</activeByDefault></activation><modules><module>api</module></modules></profile></profiles></project>",
    "/shop/api/pom.xml": pomXml({ artifactId: "api" }),
    "/shop/api/src/main/java/A.java": APPLICATION_CLASS,
  };
  expect(await detect(files, "/shop")).toMatchObject({ dir: "/shop/api", module: "api" });
});

test.each([
  ["spring-cloud-starter-gateway", "reactive"],
  ["spring-cloud-starter-gateway-server-webflux", "reactive"],
  ["spring-cloud-starter-gateway-mvc", "servlet"],
  ["spring-cloud-starter-gateway-server-webmvc", "servlet"],
  ["spring-boot-starter-webmvc", "servlet"],
  ["spring-boot-starter-data-rest", "servlet"],
  ["spring-boot-starter-batch", "none"],
])("takes an application with %s for %s", async (dependency, web) => {
  const pom = pomXml({ dependencies: [dependency] });
  expect(await detect(mavenProject({ "/app/pom.xml": pom }))).toMatchObject({ web });
});

test.each([
  [
    "mvnw",
    { "/app/.mvn/wrapper/maven-wrapper.properties": "x", "/app/mvnw": "#!/bin/sh\r\nx\r\n" },
  ],
  ["gradlew", { "/app/gradlew": "#!/bin/sh\r\n" }],
  [
    "gradlew",
    { "/app/gradlew": "#!/bin/sh\n", "/app/gradle/wrapper/gradle-wrapper.properties": "x" },
  ],
])("refuses a broken %s", async (script, files) => {
  const project =
    script === "mvnw"
      ? mavenProject()
      : { "/app/build.gradle": "plugins { id 'org.springframework.boot' version '3.5.16' }" };
  await expect(detect({ ...project, ...files })).rejects.toMatchObject({
    code: "wrapper-broken",
    facts: { path: `/app/${script}` },
  });
});

const catalogue = `[versions]
java = "21"
boot = { strictly = "4.1.0" }
[libraries]
web = { group = "org.springframework.boot", name = "spring-boot-starter-web" }
actuator = "org.springframework.boot:spring-boot-starter-actuator:4.1.0"
[bundles]
service = ["web", "actuator"]
[plugins]
boot = { id = "org.springframework.boot", version.ref = "boot" }
`;

test.each<[string, string, object]>([
  [
    "bundles and versions of a catalogue",
    "plugins { alias(libs.plugins.boot) }\njava { toolchain { languageVersion = JavaLanguageVersion.of(libs.versions.java.get()) } }\ndependencies { implementation(libs.bundles.service) }",
    { springBootVersion: "4.1.0", javaVersion: 21, web: "servlet", hasActuator: true },
  ],
  [
    "versions as numbers",
    "plugins { alias(libs.plugins.boot) }\nkotlin { jvmToolchain(libs.versions.java.get().toInt()) }",
    { javaVersion: 21 },
  ],
  [
    "extra properties",
    "buildscript { ext { bootVersion = '3.4.1' } }\nbuildscript { dependencies { classpath \"org.springframework.boot:spring-boot-gradle-plugin:${bootVersion}\" } }\napply plugin: 'org.springframework.boot'",
    { springBootVersion: "3.4.1" },
  ],
  [
    "a plug-in that is applied as Kotlin does",
    'apply(plugin = "org.springframework.boot")\njava.sourceCompatibility = JavaVersion.VERSION_17',
    { javaVersion: 17 },
  ],
])("reads %s in a Gradle build", async (_what, build, expected) => {
  const files = { "/app/build.gradle.kts": build, "/app/gradle/libs.versions.toml": catalogue };
  expect(await detect(files)).toMatchObject(expected);
});

test("takes the version of Spring Boot from the settings when only they say it", async () => {
  const files = {
    "/app/settings.gradle":
      "pluginManagement { plugins { id 'org.springframework.boot' version '3.5.1' } }",
    "/app/build.gradle": "plugins { id 'org.springframework.boot' }",
  };
  expect(await detect(files)).toMatchObject({ springBootVersion: "3.5.1" });
});

test("finds applications behind convention plug-ins, and no libraries", async () => {
  const files = {
    "/shop/settings.gradle": "include 'users', 'library', 'plain'",
    "/shop/users/build.gradle": "plugins { id 'shop.spring-conventions' }",
    "/shop/users/src/main/java/A.java": APPLICATION_CLASS,
    "/shop/library/build.gradle":
      "plugins { id 'org.springframework.boot' }\nbootJar { enabled = false }",
    "/shop/plain/build.gradle": "plugins { id 'java-library' }",
  };
  expect(await detect(files, "/shop")).toMatchObject({ module: ":users" });
});
