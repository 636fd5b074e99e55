/** What a line is within a stack trace; undefined: none of it. */
export type TraceRole =
  /** "java.lang.IllegalStateException: no stock" */
  | "exception"
  /** "Caused by: …", "Suppressed: …" */
  | "cause"
  /** A frame of the project's own code. */
  | "own-frame"
  | "library-frame"
  /** "... 42 more" */
  | "omitted";

/** A line that is shown, or so many in its place, by their indexes. */
export type FoldedLine =
  | { readonly type: "line"; readonly index: number; readonly role?: TraceRole }
  | { readonly type: "fold"; readonly from: number; readonly count: number };

export interface SourcePlace {
  /** As it lies below the sources' folder: "dev/airfield/example/ShopController.java". */
  readonly file: string;
  readonly line: number;
}

// "    at app//dev.airfield.ShopController.find(ShopController.java:31) ~[classes/:na]": class loader, module, class, method.
// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/StackTraceElement.html#toString()
const FRAME =
  /^\s*(?:\|\s*)*at (?:[^/()\s]*\/)*([\p{L}\p{N}_$.]+)\.(?:[\p{L}\p{N}_$]+|<init>|<clinit>)\(([^()]*)\)/u;
const PLACE = /^([^:]+\.(?:java|kt|groovy|scala)):(\d+)$/;
const OMITTED = /^\s*(?:\|\s*)*\.\.\. \d+ (?:more|common frames omitted)/;
const CAUSE = /^\s*(?:Caused by|Suppressed|Wrapped by): /;
const EXCEPTION =
  /^(?:Exception in thread ".*?" )?(?:[\p{L}\p{N}_$]+\.)+[\p{L}\p{N}_$]*(?:Exception|Error|Throwable)(?::|\s*$)/u;
/** Made at run time: CGLIB's and ByteBuddy's subclasses, proxies, accessors. */
const GENERATED =
  /\$\$(?:Spring)?CGLIB|\$\$FastClass|\$\$EnhancerBy|\$Proxy\d|ByteBuddy|\$HibernateProxy/;
/** What projects are built on; everything else is most likely their own. */
const LIBRARIES =
  /^(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|groovy|org\.(?:springframework|apache|hibernate|eclipse|junit|slf4j|postgresql|aspectj|flywaydb|liquibase|h2|mariadb|codehaus|jboss|thymeleaf|yaml|bson|elasticsearch|opensearch)|ch\.qos|com\.(?:zaxxer|fasterxml|mysql|mongodb|google|rabbitmq|github\.benmanes|hazelcast|datastax|netflix|zipkin)|io\.(?:netty|micrometer|lettuce|projectreactor|undertow|grpc|opentelemetry|github\.resilience4j|swagger|jsonwebtoken|vertx)|reactor|tools\.jackson|net\.(?:bytebuddy|sf)|oracle|redis\.clients|okhttp3|feign|graphql|brave|worker\.org\.gradle)\./;

export interface Ownership {
  /** Packages of the project, "dev.airfield.example"; left out: whatever is of no well-known library. */
  readonly packages?: readonly string[];
}

export function traceRoleOf(line: string, { packages }: Ownership = {}): TraceRole | undefined {
  const type = FRAME.exec(line)?.[1];
  if (type !== undefined) {
    if (GENERATED.test(type)) return "library-frame";
    const isOwn =
      packages === undefined
        ? !LIBRARIES.test(`${type}.`)
        : packages.some((name) => `${type}.`.startsWith(`${name}.`));
    return isOwn ? "own-frame" : "library-frame";
  }
  if (OMITTED.test(line)) return "omitted";
  if (CAUSE.test(line)) return "cause";
  return EXCEPTION.test(line) ? "exception" : undefined;
}

/** Lines with the frames of libraries folded: exceptions, causes and the project's own frames stay. */
export function foldTraces(
  lines: readonly string[],
  ownership: Ownership = {},
): readonly FoldedLine[] {
  const folded: FoldedLine[] = [];
  for (const [index, line] of lines.entries()) {
    const role = traceRoleOf(line, ownership);
    if (role !== "library-frame" && role !== "omitted") {
      folded.push({ type: "line", index, ...(role === undefined ? {} : { role }) });
      continue;
    }
    const last = folded.at(-1);
    if (last?.type === "fold") folded[folded.length - 1] = { ...last, count: last.count + 1 };
    else folded.push({ type: "fold", from: index, count: 1 });
  }
  return folded;
}

/** Where the code of a frame is; undefined: it is no frame, or its class was compiled without that. */
export function sourceOf(line: string): SourcePlace | undefined {
  const [, type = "", place = ""] = FRAME.exec(line) ?? [];
  const [, file, number] = PLACE.exec(place) ?? [];
  if (file === undefined || number === undefined) return undefined;
  const folder = type.split(".").slice(0, -1).join("/");
  return { file: folder === "" ? file : `${folder}/${file}`, line: Number(number) };
}
