import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** The parts a cluster is made of. They know each other where they must, and nothing above them. */
const parts = ["nodes", "registry", "network", "images", "components"];
const belowParts = [
  ...["steps", "kubernetes", "locks", "config"],
  ...["formats", "ports", "progress", "errors"],
];

/**
 * The dependency rule (docs/architecture.md): what each folder of src/ may import beside itself. A folder that
 * is not listed may import nothing. main.ts and use-cases.ts may import everything, and nobody imports main, cli,
 * adapters or ui.
 */
const mayImport = {
  errors: [],
  // What files and texts of others look like: pure.
  formats: ["errors"],
  ports: [],
  progress: ["ports", "errors"],
  config: ["formats", "errors"],
  locks: ["ports"],
  // The step runner, waiting: everything that works in steps uses it.
  steps: ["ports", "progress", "errors"],
  kubernetes: ["config", "formats", "errors", "locks", "ports"],
  ...Object.fromEntries(
    parts.map((part) => [part, [...parts.filter((other) => other !== part), ...belowParts]]),
  ),
  // cluster-access.ts is the port behind which spring sees a cluster; it is implemented here.
  cluster: [...parts, ...belowParts, "spring/cluster-access.ts"],
  // The image of an application is an image: its parts and its way to the nodes are those of all images.
  spring: ["images", ...belowParts],
  doctor: belowParts,
  cli: [
    "use-cases.ts",
    "cluster",
    "spring",
    "nodes",
    "images",
    "components",
    "registry",
    "doctor",
    "console",
    ...belowParts,
  ],
  // What is sent to Kubernetes, and what its answers mean, is pure text.
  adapters: ["kubernetes", "formats", "ports", "progress", "errors"],
  ui: ["ports", "progress", "errors", "console"],
  // The terminal UI as facts, events and state. What it starts comes in as a port of its own (ConsoleActions).
  console: [
    ...["ports", "progress", "errors", "kubernetes", "steps"],
    ...["nodes/labels.ts", "nodes/roles.ts", "config/quantity.ts"],
  ],
};

const zones = Object.entries(mayImport).map(([folder, allowed]) => ({
  target: `./src/${folder}`,
  from: "./src",
  except: [`./${folder}`, ...allowed.map((path) => `./${path}`)],
  message: `${folder} may import ${allowed.length === 0 ? "nothing else" : allowed.join(", ")} (docs/architecture.md).`,
}));

/** The world: reached through ports, so that everything else runs in tests without it. */
const worldModules = [
  "dockerode",
  "docker-modem",
  "execa",
  "get-port",
  "ink",
  "react",
  "ws",
  "node:fs",
  "node:fs/promises",
  "node:child_process",
  "node:http",
  "node:https",
  "node:net",
  "node:dgram",
  "node:dns",
  "node:os",
  "node:process",
  "node:timers",
  "node:timers/promises",
];
const worldGlobals = [
  "process",
  "console",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "performance",
].map((name) => ({ name, message: "Reach the world through a port (src/ports)." }));
const worldSyntax = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "Use the Clock port.",
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: "Use the Clock port.",
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: "Use the Random port.",
  },
  {
    selector: "MemberExpression[object.name='AbortSignal'][property.name='timeout']",
    message: "Use withDeadline or waitUntil of src/steps, or Clock.deadline.",
  },
];
const everywhereSyntax = [
  { selector: "TSEnumDeclaration", message: "Use a const object or a union of strings." },
  { selector: "ExportAllDeclaration", message: "Export by name." },
];

/** `eslint-disable` without a reason after `--` says nothing to the next reader. */
const explainedDisables = {
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value)) {
            context.report({
              loc: comment.loc,
              message: "Say why, as in: eslint-disable-next-line RULE -- REASON",
            });
          }
        }
      },
    };
  },
};

export default defineConfig(
  globalIgnores(["dist", "dist-site", "examples", "images", ".tools", "coverage", "schema"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: {
      "import-x": importX,
      airfield: { rules: { "explained-disables": explainedDisables } },
    },
    settings: {
      "import-x/resolver-next": [
        importX.createNodeResolver({ extensions: [".ts", ".tsx", ".mjs", ".js"] }),
      ],
      "import-x/extensions": [".ts", ".tsx"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
    },
    rules: {
      "airfield/explained-disables": "error",
      eqeqeq: "error",
      "no-restricted-syntax": ["error", ...everywhereSyntax],
      "no-restricted-properties": [
        "error",
        ...["mock", "doMock"].map((property) => ({
          object: "vi",
          property,
          message: "Pass a fake of a port (test/fakes).",
        })),
      ],
      "import-x/no-cycle": "error",
      "import-x/no-default-export": "error",
      "import-x/no-mutable-exports": "error",
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      "@typescript-eslint/ban-ts-comment": ["error", { minimumDescriptionLength: 10 }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/only-throw-error": ["error", { allowThrowingUnknown: true }],
      "@typescript-eslint/prefer-promise-reject-errors": ["error", { allowThrowingUnknown: true }],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Objects of functions (steps' controls, catalogue entries) are taken apart on purpose.
      "@typescript-eslint/unbound-method": "off",
      // Functions that implement a port are async whether they wait or not.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/main.ts", "src/complete.ts", "src/start.ts", "src/adapters/**", "src/ui/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: worldModules.map((name) => ({
            name,
            message: "Only adapters and ui reach the world.",
          })),
        },
      ],
      "no-restricted-globals": ["error", ...worldGlobals],
      "no-restricted-syntax": ["error", ...everywhereSyntax, ...worldSyntax],
    },
  },
  {
    // The screen is ui's part of the world, the engine and the system are the adapters'.
    files: ["src/ui/**/*.{ts,tsx}"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: worldModules.filter((name) => !["ink", "react"].includes(name)) },
      ],
      "no-restricted-globals": ["error", "process", "console", "fetch"],
    },
  },
  {
    files: ["src/adapters/**/*.ts"],
    rules: {
      "no-restricted-imports": ["error", { paths: ["ink", "react"] }],
      "no-restricted-globals": ["error", "console"],
    },
  },
  {
    files: ["**/*.test.{ts,tsx}", "test/**/*.ts", "bench/**/*.ts"],
    rules: {
      // Matchers such as expect.objectContaining() are typed as any.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
    },
  },
  {
    // A turn of the event loop is no waiting; everything else of the world stays out of unit tests, too.
    files: ["src/**/*.test.{ts,tsx}"],
    ignores: ["src/adapters/**", "src/ui/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...worldGlobals.filter(({ name }) => name !== "setImmediate"),
      ],
    },
  },
  {
    // It reads the sources, to see that every code is thrown.
    files: ["src/errors/catalog.test.ts"],
    rules: { "no-restricted-imports": "off" },
  },
  {
    files: ["*.config.{ts,mjs}"],
    rules: { "import-x/no-default-export": "off" },
  },
  {
    files: ["**/*.mjs", "bin/*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    // Runs in the reader's browser.
    files: ["site/search.js"],
    languageOptions: {
      globals: {
        document: "readonly",
        location: "readonly",
        HTMLInputElement: "readonly",
        URLSearchParams: "readonly",
      },
    },
  },
);
