// Bundles src/main.ts into dist/, which then runs without node_modules.
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;

/** Component images whose content tags the program has to know; each is a folder (or a variant) of images/. */
export const componentNames = ["node", "registry", "jre-17", "jre-21", "jre-25"];

/** Constants that the sources expect, for esbuild and for vitest. */
export async function buildTimeConstants() {
  const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8"));
  return {
    __AIRFIELD_VERSION__: JSON.stringify(version),
    __COMPONENT_TAGS__: JSON.stringify(await componentTags()),
  };
}

/** Tags of images/ as they are now; without the script (a source archive), no image can be built anyway. */
async function componentTags() {
  const tags = await Promise.all(
    componentNames.map(async (name) => {
      try {
        const { stdout } = await promisify(execFile)(`${root}images/content-tag`, [name]);
        return [name, stdout.trim()];
      } catch (error) {
        if (error.code !== "ENOENT") console.warn(`images/content-tag ${name}: ${error.message}`);
        return [name, ""];
      }
    }),
  );
  return Object.fromEntries(tags.filter(([, tag]) => tag !== ""));
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

export async function bundle(outdir = `${root}dist`) {
  await rm(outdir, { recursive: true, force: true });
  return build({
    entryPoints: [`${root}src/main.ts`],
    outdir,
    bundle: true,
    // Every `await import()` becomes a file of its own, read when it is needed.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.12",
    sourcemap: "external",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    define: { ...(await buildTimeConstants()), "process.env.NODE_ENV": '"production"' },
    // CommonJS packages in an ES module still call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [leaveOut],
  });
}

if (import.meta.filename === process.argv[1]) {
  const { metafile } = await bundle();
  const bytes = Object.entries(metafile.outputs)
    .filter(([path]) => path.endsWith(".js"))
    .reduce((sum, [, { bytes }]) => sum + bytes, 0);
  console.log(
    `dist: ${Object.keys(metafile.outputs).length / 2} files, ${(bytes / 1e6).toFixed(2)} MB`,
  );
}
