import { entriesOf, textOf } from "../json-fields.ts";

export interface HealthPart {
  readonly name: string;
  /** "UP", "DOWN", "OUT_OF_SERVICE", "UNKNOWN", or one of the application's own. */
  readonly status: string;
  /** "database: PostgreSQL, validationQuery: isValid()" */
  readonly details: string;
  readonly parts: readonly HealthPart[];
}

export interface Health extends HealthPart {
  /** What has failed, down to where it has: "db", "brokers/orders". */
  readonly failed: readonly {
    readonly path: string;
    readonly status: string;
    readonly details: string;
  }[];
  /** Only the status is shown: `management.endpoint.health.show-details` keeps the rest back. */
  readonly isWithoutParts: boolean;
}

/** Of the answer to "health": https://docs.spring.io/spring-boot/api/rest/actuator/health.html */
export function healthOf(body: unknown): Health {
  const whole = partOf("", body);
  return {
    ...whole,
    failed: failedIn(whole, ""),
    isWithoutParts: whole.parts.length === 0,
  };
}

function partOf(name: string, body: unknown): HealthPart {
  const details = entriesOf(body, "details").map(
    ([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return {
    name,
    status: textOf(body, "status") ?? "UNKNOWN",
    details: details.join(", "),
    parts: entriesOf(body, "components").map(([key, value]) => partOf(key, value)),
  };
}

/** The deepest parts that are not well; one that is as bad as its parts is named by them. */
function failedIn({ parts, status, details }: HealthPart, path: string): Health["failed"] {
  const deeper = parts.flatMap((part) =>
    failedIn(part, path === "" ? part.name : `${path}/${part.name}`),
  );
  if (deeper.length > 0) return deeper;
  return isWell(status) || path === "" ? [] : [{ path, status, details }];
}

/** Statuses that answer 200: https://docs.spring.io/spring-boot/reference/actuator/endpoints.html#actuator.endpoints.health.writing-custom-health-indicators */
function isWell(status: string): boolean {
  return status !== "DOWN" && status !== "OUT_OF_SERVICE";
}
