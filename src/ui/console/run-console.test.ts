import { Terminal as Emulator } from "@xterm/headless";
import { expect, test, vi } from "vitest";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { commands } from "../../console/commands/commands.ts";
import type { ConsoleEvent } from "../../console/model/events.ts";
import type { ConsoleRequest, Interests } from "../../console/model/requests.ts";
import { FakeTerminal } from "../../../test/fakes/fake-terminal.ts";
import { shopEvents } from "../../../test/fakes/console/shop.ts";
import { runConsole } from "./run-console.tsx";

/** The terminal UI on an emulated terminal: what a person would see, and what it asks of the world. */
function start(size = { columns: 80, rows: 24 }, events: readonly ConsoleEvent[] = shopEvents) {
  const terminal = new FakeTerminal(size);
  // A terminal's driver makes CR LF of LF, which nobody does here.
  const emulator = new Emulator({
    cols: size.columns,
    rows: size.rows,
    convertEol: true,
    allowProposedApi: true,
  });
  terminal.output.on("data", (data: Buffer) => emulator.write(data));
  const asked: ConsoleRequest[] = [];
  const wanted: Interests[] = [];
  const abort = new AbortController();
  const ended = runConsole({
    terminal,
    commands,
    depth: "16",
    isAscii: false,
    cluster: undefined,
    clock: new FakeClock("2026-11-29T18:00:00.000Z"),
    signal: abort.signal,
    open: async (emit) => {
      for (const event of events) emit(event);
      return {
        want: (interests) => void wanted.push(interests),
        ask: (request) => void asked.push(request),
        close: async () => undefined,
      };
    },
  });
  const screen = () => {
    const { active } = emulator.buffer;
    return Array.from({ length: emulator.rows }, (_, row) =>
      (active.getLine(row)?.translateToString(true) ?? "").trimEnd(),
    ).join("\n");
  };
  const sees = (words: string) =>
    vi.waitFor(() => expect(screen()).toContain(words), { timeout: 10_000 });
  return { terminal, emulator, asked, wanted, abort, ended, screen, sees };
}

test("keys lead from view to view, and q leaves the terminal as it was", async () => {
  const { terminal, emulator, ended, wanted, sees } = start();
  await sees("payments     1/2 !");
  expect(terminal.isEntered).toBe(true);
  expect(emulator.buffer.active.type).toBe("alternate");
  expect(wanted.at(-1)).toMatchObject({ cluster: "shop" });
  terminal.press("3");
  await sees("coredns-948b-fffff");
  terminal.press("/orders\r");
  await sees("3 of 6");
  terminal.press("\u001b");
  await sees("6");
  terminal.press("1q");
  await ended;
  expect(terminal.isEntered).toBe(false);
  await vi.waitFor(() => expect(emulator.buffer.active.type).toBe("normal"));
});

test("a change of one row costs a terminal few bytes", async () => {
  const { terminal, ended, sees } = start({ columns: 120, rows: 40 });
  await sees("payments");
  const before = terminal.written.length;
  terminal.press("j");
  await vi.waitFor(() => expect(terminal.written.length).toBeGreaterThan(before));
  expect(terminal.written.length - before).toBeLessThan(2048);
  terminal.press("q");
  await ended;
});

test("a screen of another size is drawn whole", async () => {
  const { terminal, emulator, ended, sees, screen } = start();
  await sees("payments");
  emulator.resize(120, 40);
  terminal.resize({ columns: 120, rows: 40 });
  await sees("NAMESPACE");
  expect(screen().split("\n")).toHaveLength(40);
  terminal.press("q");
  await ended;
});

test("what only the world can do is asked of it, with what is selected", async () => {
  const { terminal, asked, ended, sees } = start();
  await sees("payments");
  terminal.press("3s");
  await vi.waitFor(() => expect(asked).toMatchObject([{ type: "hand-over", what: "shell" }]));
  terminal.press("q");
  await ended;
});

test("a mistake of ours gives the terminal back before it is told", async () => {
  const broken = { type: "rows", kind: "Pod", rows: [null], atMs: 0 } as unknown as ConsoleEvent;
  const { terminal, emulator, ended } = start(undefined, [...shopEvents, broken]);
  await expect(ended).rejects.toThrow(TypeError);
  expect(terminal.isEntered).toBe(false);
  await vi.waitFor(() => expect(emulator.buffer.active.type).toBe("normal"));
});

test("a signal ends it with the signal's reason", async () => {
  const { terminal, abort, ended, sees } = start();
  await sees("payments");
  abort.abort(new Error("told to end"));
  await expect(ended).rejects.toThrow("told to end");
  expect(terminal.isEntered).toBe(false);
});
