import type { MavenGoal, MavenModule } from "../../../src/spring/build/maven-report.ts";

const YAML = ["**/application*.yml", "**/application*.properties"];
const RESOURCES = "/app/src/main/resources";

function goalOf(name: string, parameters: Readonly<Record<string, unknown>> = {}): MavenGoal {
  const [prefix = "", goal = ""] = name.split(":");
  const isSpring = prefix === "spring-boot";
  const artifact = isSpring ? "spring-boot-maven-plugin" : `maven-${prefix}-plugin`;
  return { plugin: `org.example:${artifact}`, goal, parameters };
}

/** What Maven tells of the project in /app, as spring-boot-starter-parent sets it up. */
export function mavenModule({
  goals = [],
  compile = {},
  copy = {},
  ...changes
}: Partial<Omit<MavenModule, "goals">> & {
  /** Besides those of every build, as "antlr4:antlr4". */
  readonly goals?: readonly string[];
  /** Parameters of compiler:compile and of resources:resources. */
  readonly compile?: Readonly<Record<string, unknown>>;
  readonly copy?: Readonly<Record<string, unknown>>;
} = {}): MavenModule {
  const resource = { directory: RESOURCES, targetPath: null };
  return {
    dir: "/app",
    outputDir: "/app/target",
    classesDir: "/app/target/classes",
    sourceRoots: ["/app/src/main/java"],
    resources: [],
    archives: [],
    poms: ["/app/pom.xml"],
    goals: [
      ...goals.map((name) => goalOf(name)),
      goalOf("resources:resources", {
        resources: [
          { ...resource, isFiltered: true, includes: YAML, excludes: [] },
          { ...resource, isFiltered: false, includes: [], excludes: YAML },
        ],
        delimiters: ["@"],
        useDefaultDelimiters: "false",
        ...copy,
      }),
      goalOf("compiler:compile", { includes: null, excludes: null, ...compile }),
      ...["resources:testResources", "jar:jar", "spring-boot:repackage"].map((name) =>
        goalOf(name),
      ),
    ],
    ...changes,
  };
}
