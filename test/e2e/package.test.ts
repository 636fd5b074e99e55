import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { root, run, Workspace } from "./airfield.ts";

/** What a clone does not have, and what no package is made of. */
const leftOut = ["node_modules", "dist", ".git", ".tools", "examples", "test", "bench"];

test("the package of a clean clone installs offline into an empty folder, and its program makes a cluster", async () => {
  await using folders = await Folders.create();
  const clone = await folders.make("clone");
  await cp(root, clone, {
    recursive: true,
    filter: (path) => !leftOut.includes(relative(root, path)),
  });
  // As after `npm ci`.
  await symlink(join(root, "node_modules"), join(clone, "node_modules"));

  const packed = await run(["npm", "pack", "--silent", "--pack-destination", folders.path], {
    cwd: clone,
  });
  expect(packed, packed.stderr).toMatchObject({ exitCode: 0 });

  const home = await folders.make("home");
  const installed = await run(
    ["npm", "install", "--offline", "--no-audit", join(folders.path, packed.stdout.trim())],
    // No cache from which a dependency could come.
    { cwd: home, env: { npm_config_cache: await folders.make("cache") } },
  );
  expect(installed, installed.stderr).toMatchObject({ exitCode: 0 });
  const modules = join(home, "node_modules");
  expect(await readdir(modules)).toEqual([".bin", ".package-lock.json", "airfield"]);
  const dist = await readdir(join(modules, "airfield/dist"));
  expect(dist).toEqual(expect.arrayContaining(["main.js", "THIRD_PARTY_LICENSES.txt"]));
  expect(dist.filter((name) => name.endsWith(".map"))).toEqual([]);

  await using workspace = await Workspace.create();
  const name = workspace.clusterName("packed");
  const program = join(modules, ".bin/airfield");
  const env = { KUBECONFIG: workspace.kubeconfig };
  const created = await run([program, "create", "cluster", name], { cwd: home, env });
  expect(created, created.stderr).toMatchObject({ exitCode: 0 });
  expect(await workspace.kubectl(name, ["get", "--raw", "/readyz"])).toBe("ok");

  // The sources of the images are whole, too: what is made of them has the name that the program looks for.
  for (const component of ["node", "registry", "jre-17", "postgresql"]) {
    const tagIn = (folder: string) => run([join(folder, "images/content-tag"), component]);
    const [ofPackage, ofCheckout] = [await tagIn(join(modules, "airfield")), await tagIn(root)];
    expect(ofPackage).toEqual(ofCheckout);
    expect(ofPackage.stdout).toMatch(/^airfield\//);
  }
});

/** Folders that go with the test. */
class Folders implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<Folders> {
    return new Folders(await mkdtemp(join(tmpdir(), "airfield-package-")));
  }

  async make(name: string): Promise<string> {
    return mkdtemp(join(this.path, `${name}-`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
