// Bundles src/start.ts into dist/main.js and its parts beside it; dist/ then runs without node_modules.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundledPackages, thirdPartyLicenses } from "./third-party-licenses.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = `${root}dist`;

/** Constants that the sources expect (src/build-time.d.ts). */
async function buildTimeConstants() {
  const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8"));
  return {
    __AIRFIELD_VERSION__: JSON.stringify(version),
    __COMPONENT_TAGS__: JSON.stringify(await componentTags()),
  };
}

/** Tags of images/ as they are now, by component: each folder with a recipe is one. */
async function componentTags() {
  const entries = await readdir(`${root}images`, { withFileTypes: true });
  const names = entries
    .filter(({ name }) => existsSync(`${root}images/${name}/recipe`))
    .map(({ name }) => name);
  const tags = await Promise.all(
    names.map(async (name) => {
      const { stdout } = await promisify(execFile)(`${root}images/content-tag`, [name]);
      return [name, stdout.trim()];
    }),
  );
  return Object.fromEntries(tags);
}

/** What the bundle leaves out: a module as its importer names it, what takes its place, and why. */
const leftOut = [
  {
    // BuildKit sessions bring grpc and protobuf, 0.2 s at start-up; nothing here builds through the API.
    module: /^\.\/session$/,
    importer: /dockerode/,
    instead:
      "module.exports = () => { throw new Error('BuildKit sessions are left out of this build.'); };",
  },
  { module: /^\.\/buildkit$/, importer: /dockerode/, instead: "module.exports = {};" },
  {
    // Needs the native ssh2; resolve-engine-address.ts refuses engines behind SSH.
    module: /^\.\/ssh$/,
    importer: /docker-modem/,
    instead: "module.exports = () => { throw new Error('SSH is left out of this build.'); };",
  },
  {
    // Brings TLS and all certificates with it, 15 ms, for engines that listen on a TCP port with TLS.
    module: /^https$/,
    importer: /docker-modem/,
    instead:
      'module.exports = { request: (...given) => process.getBuiltinModule("node:https").request(...given) };',
  },
  // Native code that ws takes where it is installed; it was never there.
  {
    module: /^(bufferutil|utf-8-validate)$/,
    importer: /\/ws\//,
    instead: "throw new Error('Native code is left out of this build.');",
  },
  // For authors of terminal interfaces, and not installed.
  { module: /^\.\/devtools\.js$/, importer: /ink/, instead: "export {};" },
];

const leaveOut = {
  name: "leave-out",
  setup(build) {
    for (const [index, { module, importer }] of leftOut.entries()) {
      build.onResolve({ filter: module }, (found) =>
        importer.test(found.importer) ? { path: `${index}`, namespace: "left-out" } : undefined,
      );
    }
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: leftOut[Number(path)].instead,
    }));
  },
};

/**
 * Node's own modules are taken by a call: for an import statement Node reads each export, and some load what they
 * stand for when they are read. `import "node:http"` brings a client of web sockets, 70 ms. Functions of those that
 * take long themselves bring their module when they are called: commands that only ask the engine need none of them.
 * https://nodejs.org/api/process.html#processgetbuiltinmoduleid
 */
const takeBuiltins = {
  name: "take-builtins",
  setup(build) {
    build.onLoad({ filter: /\/(src|node_modules\/commander)\/.*\.[jt]sx?$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(
        /^import (?:(?:\* as )?(\w+)|(\{[^}]*\})) from ["'](node:[\w/]+)["'];$/gm,
        (_, name, names, builtin) => {
          const module = `globalThis.process.getBuiltinModule("${builtin}")`;
          const isSlow = slowBuiltins.includes(builtin);
          if (isSlow && names !== undefined && isOfFunctions(names))
            return namesIn(names)
              .map((each) => `const ${each} = (...given) => ${module}.${each}(...given);`)
              .join(" ");
          if (isSlow && name !== undefined)
            return `const ${name} = new Proxy({}, { get: (_, member) => ${module}[member] });`;
          return `const ${name ?? withoutTypes(names)} = ${module};`;
        },
      ),
      loader: /\.(\w+)$/.exec(path)[1],
    }));
  },
};

const slowBuiltins = ["node:child_process", "node:crypto", "node:zlib"];

/** Classes and objects are needed as they are, and types not at all. */
function isOfFunctions(names) {
  return namesIn(names).every((name) => /^[a-z]\w*$/.test(name) && !objects.includes(name));
}

const objects = ["constants", "subtle", "webcrypto"];

function namesIn(names) {
  return withoutTypes(names)
    .replace(/[{}]/g, "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** Names as an import has them, in the words of a declaration. */
function withoutTypes(names) {
  return names.replace(/\btype \w+(?: as \w+)?,?/g, "").replace(/ as /g, ": ");
}

async function bundle() {
  const { metafile } = await build({
    entryPoints: [{ in: `${root}src/start.ts`, out: "main" }],
    outdir,
    bundle: true,
    // Every `await import()` becomes a file of its own, read when it is needed.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.12",
    // Scripts for nodes and pods (src/text-files.d.ts).
    loader: { ".sh": "text" },
    minifySyntax: true,
    minifyWhitespace: true,
    // All of them stand in THIRD_PARTY_LICENSES.txt.
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    define: { ...(await buildTimeConstants()), "process.env.NODE_ENV": '"production"' },
    // CommonJS packages in an ES module still call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [leaveOut, takeBuiltins],
  });
  refuseExternals(metafile.outputs);
  return metafile.outputs;
}

/** The package has no dependencies: what the bundle does not hold, nobody would install. */
function refuseExternals(outputs) {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  const missing = imports.filter(({ path, external }) => external && !isBuiltin(path));
  if (missing.length > 0) {
    throw new Error(`The bundle leaves out ${missing.map(({ path }) => path).join(", ")}.`);
  }
}

/** Names carry the hash of the content, so a build without a change takes nothing from a program that runs. */
async function removeStale(outputs) {
  const made = new Set(Object.keys(outputs).map((path) => basename(path)));
  const present = await readdir(outdir);
  await Promise.all(
    present
      .filter((name) => !made.has(name))
      .map((name) => rm(`${outdir}/${name}`, { recursive: true })),
  );
}

const outputs = await bundle();
await removeStale(outputs);
// Run from its source by the JDK of the project that `dev` works on; compiled by it for the project's Maven.
await copyFile(`${root}src/spring/dev/CompileServer.java`, `${outdir}/CompileServer.java`);
await copyFile(`${root}src/spring/build/MavenReport.java`, `${outdir}/MavenReport.java`);
await writeFile(
  `${outdir}/THIRD_PARTY_LICENSES.txt`,
  await thirdPartyLicenses(bundledPackages(outputs), root),
);
// Compiled there, too, for the JVM that an application runs on.
await cp(`${root}src/spring/environment`, `${outdir}/environment`, {
  recursive: true,
  filter: (path) => !path.endsWith(".ts"),
});
const programs = Object.entries(outputs).filter(([path]) => path.endsWith(".js"));
const bytes = programs.reduce((sum, [, output]) => sum + output.bytes, 0);
// Not to stdout: that of `npm pack`, which builds first, is the name of the package's file.
console.error(`dist: ${programs.length} files, ${(bytes / 1e6).toFixed(2)} MB`);
