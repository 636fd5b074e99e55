/** The lines of `mvn -X package` that matter, for the project in /app. */
export function mavenDebug(): string {
  return [
    "[INFO] --- maven-resources-plugin:3.3.1:resources (default-resources) @ user-service ---",
    "[INFO] --- maven-compiler-plugin:3.14.1:compile (default-compile) @ user-service ---",
    "[DEBUG] Command line options:",
    "[DEBUG] -d /app/target/classes -classpath /app/target/classes:/m2/spring.jar: -sourcepath /app/src/main/java:/app/target/generated-sources/annotations: -s /app/target/generated-sources/annotations -g -parameters --release 17 -encoding UTF-8",
    "[INFO] --- maven-resources-plugin:3.3.1:testResources (default-testResources) @ user-service ---",
    "[INFO] --- maven-jar-plugin:3.4.2:jar (default-jar) @ user-service ---",
    "[INFO] --- spring-boot-maven-plugin:3.5.16:repackage (repackage) @ user-service ---",
  ].join("\n");
}
