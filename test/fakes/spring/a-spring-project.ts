/** The files of small Spring Boot projects, for FakeFiles. */

export function pomXml({
  artifactId = "user-service",
  bootVersion = "3.5.16",
  dependencies = ["spring-boot-starter-web", "spring-boot-starter-actuator"],
  more = "",
}: {
  readonly artifactId?: string;
  readonly bootVersion?: string;
  readonly dependencies?: readonly string[];
  readonly more?: string;
} = {}): string {
  return `<?xml version="1.0"?>
<project>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>${bootVersion}</version>
    <relativePath/>
  </parent>
  <groupId>com.example</groupId>
  <artifactId>${artifactId}</artifactId>
  <version>1.0.0</version>
  <dependencies>
    ${dependencies
      .map(
        (artifact) =>
          `<dependency><groupId>org.springframework.boot</groupId><artifactId>${artifact}</artifactId></dependency>`,
      )
      .join("\n    ")}
  </dependencies>
  ${more}
</project>
`;
}

export const APPLICATION_CLASS = "@SpringBootApplication class Application {}";

/** A project in /app, as Spring Initializr makes it. */
export function mavenProject(
  files: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return {
    "/app/pom.xml": pomXml(),
    "/app/src/main/java/com/example/Application.java": APPLICATION_CLASS,
    "/app/src/main/resources/application.yml": "spring:\n  application:\n    name: user-service\n",
    ...files,
  };
}
