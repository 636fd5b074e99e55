import type { Check, DoctorReport } from "../../doctor/doctor-report.ts";

const MARKS: Readonly<Record<Check["status"], string>> = { ok: "✓", warning: "!", failure: "✗" };

export function describeReport({ checks, status }: DoctorReport): string {
  const width = Math.max(...checks.map(({ title }) => title.length));
  const lines = checks.flatMap((check) => [
    `${MARKS[check.status]} ${check.title.padEnd(width)}  ${check.detail}`,
    ...(check.remedy === undefined ? [] : [`  ${" ".repeat(width)}  → ${check.remedy}`]),
  ]);
  return [...lines, "", VERDICTS[status]].map((line) => `${line}\n`).join("");
}

const VERDICTS: Readonly<Record<Check["status"], string>> = {
  ok: "This machine is ready for clusters.",
  warning: "Clusters will work here; see the warnings.",
  failure: "Clusters will not work here until the failures (✗) are mended.",
};
