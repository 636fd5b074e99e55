import type { ExecResult } from "../../src/ports/container-engine.ts";
import type { FakeContainer } from "../fakes/container-engine/fake-container.ts";

/** As much of busybox as the contract suite uses, for the fake engine. */
export async function fakeShell(
  container: FakeContainer,
  command: readonly string[],
  stdin: string,
  say: (line: string, stream: "stdout" | "stderr") => void = () => undefined,
): Promise<Partial<ExecResult>> {
  const [program, ...parameters] = command;
  switch (program) {
    case "sh":
      return script(container, parameters[1] ?? "", stdin, say);
    case "cat":
      return cat(container, parameters, stdin);
    case "wc":
      return { stdout: `${Buffer.byteLength(stdin)}\n` };
    case "stat":
      return {
        stdout: parameters
          .slice(2)
          .map((path) => modeLine(container, path))
          .join(""),
      };
    case "sleep":
      // Longer than any test: only an abort ends it. Short sleeps let others run.
      if (Number(parameters[0]) > 10) return new Promise(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      return {};
    default:
      return {};
  }
}

async function script(
  container: FakeContainer,
  text: string,
  stdin: string,
  say: (line: string, stream: "stdout" | "stderr") => void,
): Promise<Partial<ExecResult>> {
  const output = { stdout: "", stderr: "" };
  for (const statement of text.split("; ")) {
    const [, words = "", toStderr] = /^(.*?)( >&2)?$/.exec(statement) ?? [];
    const stream = toStderr === undefined ? "stdout" : "stderr";
    if (words.startsWith("exit ")) return { ...output, exitCode: Number(words.slice(5)) };
    if (words.startsWith("echo ")) {
      output[stream] += `${words.slice(5)}\n`;
      say(words.slice(5), stream);
    } else {
      await fakeShell(container, words.split(" "), stdin);
    }
  }
  return output;
}

function cat(
  container: FakeContainer,
  paths: readonly string[],
  stdin: string,
): Partial<ExecResult> {
  if (paths.length === 0) return { stdout: stdin };
  const text = container.text(paths[0] ?? "");
  return text === undefined
    ? { exitCode: 1, stderr: `cat: can't open '${paths[0]}': No such file or directory\n` }
    : { stdout: text };
}

function modeLine(container: FakeContainer, path: string): string {
  return `${container.files.get(path)?.mode.toString(8) ?? ""}\n`;
}
