import { defineConfig } from "vitest/config";

/** As the build does it: a script is imported as its text (src/text-files.d.ts). */
const scriptsAsText = {
  name: "scripts-as-text",
  enforce: "pre" as const,
  transform: (text: string, path: string) =>
    path.endsWith(".sh") ? { code: `export default ${JSON.stringify(text)};`, map: null } : null,
};

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [scriptsAsText],
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "src/**/*.test.tsx",
            "test/contract/*.fake.test.ts",
            "test/corpus/*.test.ts",
            "bench/**/*.test.ts",
            "scripts/**/*.test.mjs",
            "site/*.test.mjs",
          ],
          // Against a hang only: what is quick here takes many times as long on a machine that is busy.
          testTimeout: 30_000,
        },
      },
      {
        plugins: [scriptsAsText],
        test: {
          name: "docker",
          include: ["test/docker/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        plugins: [scriptsAsText],
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
