// Adds up the results of all suites and prints the one line that a CI system looks for.
// Arguments: number of checks that failed outside the test runner, folder of vitest's JSON reports.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [, , failedChecks = "0", folder = "."] = process.argv;
const reports = readdirSync(folder).map((name) =>
  JSON.parse(readFileSync(join(folder, name), "utf8")),
);
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
// A suite that fails to load has no tests, yet has failed.
const brokenFiles = reports
  .flatMap((report) => report.testResults)
  .filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0);
const failed = Math.max(
  sum("numFailedTests") + brokenFiles.length,
  Number(failedChecks) > 0 ? 1 : 0,
);
const skipped = sum("numPendingTests");
console.log(
  `${sum("numPassedTests")} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
process.exit(failed > 0 ? 1 : 0);
