import type { Command } from "commander";
export function renderCompletion(shell: "bash" | "zsh" | "fish", program: Command): string {
  return `# ${shell} ${program.name()}\n`;
}
