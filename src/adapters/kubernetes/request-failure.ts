import { ToolError } from "../../errors/tool-error.ts";
import type { ObjectRef } from "../../ports/cluster-api.ts";

/** Why a request has brought nothing. Stays among these adapters; their callers get `cluster-request-failed`. */
export class RequestFailure extends Error {
  override readonly name = "RequestFailure";
  /** Undefined: no API server has answered. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: string,
    { status, ...options }: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(reason, options);
    this.status = status;
  }
}

export const Status = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  Invalid: 422,
  TooManyRequests: 429,
} as const;

/** Resolves with the work's value; a RequestFailure becomes `cluster-request-failed`, which says what could not be done. */
export async function requesting<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RequestFailure ? toToolError(what, error) : error;
  }
}

export function toToolError(what: string, failure: RequestFailure): ToolError {
  return new ToolError(
    "cluster-request-failed",
    { what, reason: failure.message },
    { cause: failure },
  );
}

/** `deployment/shop in namespace "dev"` */
export function nameOf({ kind, name, namespace }: ObjectRef): string {
  const place = namespace === undefined ? "" : ` in namespace "${namespace}"`;
  return `${kind.toLowerCase()}/${name}${place}`;
}
