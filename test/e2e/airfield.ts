import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect } from "vitest";

/** The checkout. */
export const root = join(import.meta.dirname, "../..");

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A place of its own for one test file: a kubeconfig nobody else writes, cluster names nobody else has. When
 * it goes out of scope all its clusters are deleted, and anything of them that is left fails the test.
 */
export class Workspace implements AsyncDisposable {
  readonly folder: string;
  readonly kubeconfig: string;
  private readonly clusters = new Set<string>();
  private readonly env: Readonly<Record<string, string>>;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.env = env;
    this.kubeconfig = join(folder, "kubeconfig");
  }

  /** @param env for every command of this workspace */
  static async create(env: Readonly<Record<string, string>> = {}): Promise<Workspace> {
    return new Workspace(await mkdtemp(join(tmpdir(), "airfield-e2e-")), env);
  }

  /** A cluster name that is deleted with the workspace. */
  clusterName(purpose: string): string {
    const name = `${purpose}-${randomBytes(3).toString("hex")}`;
    this.clusters.add(name);
    return name;
  }

  /** Runs the built command line to its end, as a user in a pipe would. */
  async airfield(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return finished(this.start(args, options));
  }

  /** Starts it and leaves the rest to the test. */
  start(args: readonly string[], options: RunOptions = {}) {
    return startProgram([join(root, "bin/airfield"), ...args], {
      ...options,
      env: { KUBECONFIG: this.kubeconfig, ...this.env, ...options.env },
    });
  }

  /** Runs it and expects success. */
  async succeeds(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const ran = await this.airfield(args, options);
    expect(ran, `airfield ${args.join(" ")}\n${ran.stderr}`).toMatchObject({ exitCode: 0 });
    return ran;
  }

  /** kubectl inside the control plane: the cluster's own version, nothing of the host. */
  async kubectl(cluster: string, args: readonly string[], input?: string): Promise<string> {
    const ran = await run(
      [
        "docker",
        "exec",
        "-i",
        `${cluster}-control-plane`,
        "kubectl",
        "--kubeconfig=/etc/kubernetes/admin.conf",
        ...args,
      ],
      input === undefined ? {} : { input },
    );
    expect(ran, `kubectl ${args.join(" ")}\n${ran.stderr}`).toMatchObject({ exitCode: 0 });
    return ran.stdout;
  }

  /** A program of the host (kubectl, helm), those of the checkout first, with the kubeconfig that Airfield has written. */
  async host(program: string, args: readonly string[]): Promise<string> {
    const PATH = `${join(root, ".tools/bin")}:${process.env["PATH"] ?? ""}`;
    const ran = await run([program, ...args], { env: { PATH, KUBECONFIG: this.kubeconfig } });
    expect(ran, `${program} ${args.join(" ")}\n${ran.stderr}`).toMatchObject({ exitCode: 0 });
    return ran.stdout;
  }

  async readKubeconfig(): Promise<string> {
    return readFile(this.kubeconfig, "utf8").catch(() => "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const deletions = await Promise.all(
      [...this.clusters].map((name) => this.airfield(["delete", "cluster", name])),
    );
    const left = await Promise.all([...this.clusters].map(leftoversOf));
    const kubeconfig = await this.readKubeconfig();
    await rm(this.folder, { recursive: true, force: true });
    expect(deletions.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(left.flat()).toEqual([]);
    for (const name of this.clusters) expect(kubeconfig).not.toContain(`airfield-${name}`);
  }
}

/** Runs a program to its end. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return finished(startProgram(command, options));
}

function startProgram([program = "", ...args]: readonly string[], options: RunOptions) {
  return execa(program, args, { reject: false, ...options });
}

/** Every container, volume and network that carries the cluster's label. */
export async function leftoversOf(cluster: string): Promise<readonly string[]> {
  const filter = ["--filter", `label=dev.airfield.cluster=${cluster}`];
  const listed = await Promise.all([
    run(["docker", "ps", "-a", ...filter, "--format", "container {{.Names}}"]),
    run(["docker", "volume", "ls", ...filter, "--format", "volume {{.Name}}"]),
    run(["docker", "network", "ls", ...filter, "--format", "network {{.Name}}"]),
  ]);
  return listed.flatMap(({ stdout }) => stdout.split("\n").filter((line) => line !== ""));
}

/** All anonymous volumes of the engine: nodes have one each, which must go with them. */
export async function volumes(): Promise<readonly string[]> {
  return (await run(["docker", "volume", "ls", "-q"])).stdout
    .split("\n")
    .filter((line) => line !== "");
}

async function finished(subprocess: ReturnType<typeof startProgram>): Promise<Ran> {
  const { exitCode, stdout, stderr } = await subprocess;
  return { exitCode: exitCode ?? 1, stdout, stderr };
}
