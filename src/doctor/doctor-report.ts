/** What one check found. `remedy` says what to do; it is there exactly when the status is not "ok". */
export interface Check {
  /** Stable; appears in JSON: "engine-reachable". */
  readonly id: string;
  readonly title: string;
  readonly status: "ok" | "warning" | "failure";
  readonly detail: string;
  readonly remedy?: string;
}

export interface DoctorReport {
  readonly checks: readonly Check[];
  /** The worst of all checks. */
  readonly status: Check["status"];
}
