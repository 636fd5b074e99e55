/** The lines of `mvn -X package` that matter, for the project in /app. */
export function mavenDebug({
  goals = [],
  filtersDollars = false,
}: {
  /** Besides those of every build, as "antlr4-maven-plugin:4.13:antlr4". */
  readonly goals?: readonly string[];
  readonly filtersDollars?: boolean;
} = {}): string {
  const resources = "/app/src/main/resources";
  const yaml = "**/application*.yml, **/application*.properties";
  return [
    ...goals.map((goal) => `[INFO] --- ${goal} (default) @ user-service ---`),
    "[INFO] --- maven-resources-plugin:3.3.1:resources (default-resources) @ user-service ---",
    `[DEBUG]   (s) resources = [Resource {targetPath: null, filtering: true, FileSet {directory: ${resources}, PatternSet [includes: {${yaml}}, excludes: {}]}}, Resource {targetPath: null, filtering: false, FileSet {directory: ${resources}, PatternSet [includes: {}, excludes: {${yaml}}]}}]`,
    `[DEBUG]   (s) useDefaultDelimiters = ${filtersDollars}`,
    "[INFO] --- maven-compiler-plugin:3.14.1:compile (default-compile) @ user-service ---",
    "[DEBUG] Command line options:",
    "[DEBUG] -d /app/target/classes -classpath /app/target/classes:/m2/spring.jar: -sourcepath /app/src/main/java: -s /app/target/generated-sources/annotations -g -parameters --release 17 -encoding UTF-8",
    "[INFO] --- maven-resources-plugin:3.3.1:testResources (default-testResources) @ user-service ---",
    "[INFO] --- maven-jar-plugin:3.4.2:jar (default-jar) @ user-service ---",
    "[INFO] --- spring-boot-maven-plugin:3.5.16:repackage (repackage) @ user-service ---",
  ].join("\n");
}
