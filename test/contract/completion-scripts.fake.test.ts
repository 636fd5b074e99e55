import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../fakes/fake-cli.ts";

/** Stands for airfield: notes what it was asked, and has names of each kind. */
const AIRFIELD = `#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$ASKED"
shift
case $1 in
  clusters) printf '%s\\n' shop shop-ci ;;
  nodes) printf '%s\\n' shop-control-plane shop-worker ;;
  applications) printf '%s\\n' orders users ;;
  images) printf '%s\\n' shop:1 shop:2 localhost:5001/shop:1 ;;
  contexts) printf '%s\\n' 'airfield-shop' '$(touch "$ASKED.evil")' ;;
esac
`;

/** The script, then the line as readline would hand it over. */
const BASH = `
source "$SCRIPT"
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_POINT=\${#COMP_LINE}
_airfield
[ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"
`;

/** zsh's own functions for completion work in its line editor only; these say what they were given. */
const ZSH = `
compdef() { : }
compadd() { [[ $1 != -- ]] || shift; print -rl -- "$@" }
_describe() { print -rl -- "\${(@)\${(P)2}%%:*}" }
_files() { print -r -- "files $*" }
_normal() { : }
compset() { PREFIX=\${PREFIX#*=} }
source "$SCRIPT"
CURRENT=$#words PREFIX=\${words[-1]}
_airfield
`;

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "airfield-completion-"));
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "work/project"), { recursive: true });
  await writeFile(join(folder, "bin/airfield"), AIRFIELD, { mode: 0o755 });
  for (const shell of shells) {
    const { stdout } = await runCli(["completion", shell]);
    await writeFile(join(folder, shell), stdout);
  }
});

afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => writeFile(join(folder, "asked"), ""));

/** What a shell offers at the end of a line. */
async function offered(shell: Shell, line: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(...programOf(shell, line), {
    cwd: join(folder, "work"),
    env: {
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      HOME: folder,
      SCRIPT: join(folder, shell),
      ASKED: join(folder, "asked"),
      ...{ COMP_LINE: line, LINE: line },
    },
  });
  const typed = line.split(/\s/).at(-1) ?? "";
  const value = typed.startsWith("--") ? typed.replace(/^--[^=]*=/, "") : typed;
  return (
    stdout
      .split("\n")
      .map((text) => text.replace(/\t.*/, ""))
      .filter((text) => text !== "")
      .map((text) => (shell === "fish" && typed !== value ? text.replace(/^--[^=]*=/, "") : text))
      // zsh's own compadd leaves out what does not fit, ours does not.
      .filter((text) => shell !== "zsh" || text.startsWith(value) || text.startsWith("files"))
  );
}

function programOf(shell: Shell, line: string): [string, string[]] {
  switch (shell) {
    case "bash": {
      // As bash divides it, with : and = as words of their own.
      const words = [...(line.match(/[^\s:=]+|[:=]+/g) ?? []), ...(line.endsWith(" ") ? [""] : [])];
      const quoted = words.map((word) => `'${word}'`).join(" ");
      return ["bash", ["--norc", "-c", `COMP_WORDS=(${quoted})\n${BASH}`]];
    }
    case "zsh":
      return ["zsh", ["-f", "-c", `words=("\${(@s: :)LINE}")\n${ZSH}`]];
    case "fish":
      return ["fish", ["--no-config", "-c", 'source "$SCRIPT"; complete -C "$LINE"']];
  }
}

async function asked(): Promise<readonly string[]> {
  return (await readFile(join(folder, "asked"), "utf8")).split("\n").filter((line) => line !== "");
}

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

describe.each(shells.map((shell) => ({ shell })))("$shell", ({ shell }) => {
  // bin/test installs all three.
  const check = test.skipIf(!isInstalled(shell));

  check.each([
    ["airfield delete cluster sh", ["shop", "shop-ci"]],
    ["airfield get nodes --name shop-", ["shop-ci"]],
    ["airfield get nodes --name=shop-", ["shop-ci"]],
    ["airfield load image x --nodes shop-w", ["shop-worker"]],
    ["airfield logs us", ["users"]],
    ["airfield --name shop exec ord", ["orders"]],
    ["airfield down --context airf", ["airfield-shop"]],
    ["airfield explain port-t", ["port-taken"]],
    ["airfield completion zs", ["zsh"]],
    ["airfield get nod", ["nodes"]],
    ["airfield get nodes --all-", ["--all-clusters"]],
    ["airfield get nodes --progress js", ["json"]],
  ])("%s", async (line, names) => {
    expect(await offered(shell, line)).toEqual(names);
  });

  check("images, whose names hold colons", async () => {
    const cut = (names: readonly string[]) =>
      // bash replaces only what stands behind the last colon.
      shell === "bash" ? names.map((name) => name.slice("shop:".length)) : names;
    expect(await offered(shell, "airfield load image sh")).toEqual(["shop:1", "shop:2"]);
    expect(await offered(shell, "airfield load image shop:")).toEqual(cut(["shop:1", "shop:2"]));
    expect(await offered(shell, "airfield load image shop:2")).toEqual(cut(["shop:2"]));
  });

  check("airfield gets the words so far, so that it knows the cluster", async () => {
    await offered(shell, "airfield logs --name shop us");
    expect(await asked()).toEqual(["__complete applications logs --name shop us"]);
  });

  check("nothing is asked for commands, flags and codes", async () => {
    for (const line of ["airfield ge", "airfield logs --na", "airfield explain p"])
      await offered(shell, line);
    expect(await asked()).toEqual([]);
  });

  check("a name is never evaluated", async () => {
    await offered(shell, "airfield down --context ");
    await expect(readFile(join(folder, "asked.evil"))).rejects.toThrow("ENOENT");
  });

  check("down takes folders as well as names", async () => {
    const names = await offered(shell, "airfield down ");
    expect(names).toEqual(expect.arrayContaining(["orders", "users"]));
    expect(names.join(" ")).toContain(shell === "zsh" ? "files -/" : "project");
  });
});
