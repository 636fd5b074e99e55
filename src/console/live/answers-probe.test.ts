import { expect, test } from "vitest";
import { FakeHttp } from "../../../test/fakes/fake-http.ts";
import { HeldClock } from "../../../test/fakes/held-clock.ts";
import type { HttpAnswer } from "../../ports/http.ts";
import type { ConsoleEvent } from "../model/events.ts";
import { probeAnswers } from "./answers-probe.ts";

const url = "http://127.0.0.1:8080";

function aProbe(get?: (clock: HeldClock) => Promise<HttpAnswer | undefined>) {
  const clock = new HeldClock();
  const http = new FakeHttp().answer(url, { status: 200 });
  const abort = new AbortController();
  const events: ConsoleEvent[] = [];
  const asked = { application: "shop", url };
  const probing = probeAnswers(asked, {
    http: get === undefined ? http : { get: () => get(clock) },
    ...{ clock, signal: abort.signal, emit: (event) => events.push(event) },
  });
  const answers = () => events.flatMap((event) => (event.type === "answer" ? [event] : []));
  const end = async () => {
    abort.abort(new Error("enough"));
    await probing;
  };
  return { clock, http, answers, end };
}

test("asks four times a second, and says what was not answered", async () => {
  const { clock, http, answers, end } = aProbe();
  await clock.pass(500);
  http.answer(url, undefined);
  await clock.pass(250);
  await end();
  expect(answers()).toEqual([
    { type: "answer", application: "shop", atMs: 0, ms: 0, status: 200 },
    { type: "answer", application: "shop", atMs: 250, ms: 0, status: 200 },
    { type: "answer", application: "shop", atMs: 500, ms: 0, status: 200 },
    { type: "answer", application: "shop", atMs: 750 },
  ]);
  await clock.pass(1_000);
  expect(answers()).toHaveLength(4);
});

test("slow answers do not hold up the questions, and come in their order", async () => {
  let count = 0;
  const { clock, answers, end } = aProbe(async (own) => {
    const isSlow = ++count === 1;
    if (isSlow) await own.sleep(600);
    return { status: 200, contentType: "", body: "" };
  });
  await clock.pass(500);
  expect(answers()).toEqual([]);
  await clock.pass(200);
  await end();
  expect(answers().map(({ atMs, ms }) => [atMs, ms])).toEqual([
    [0, 600],
    [250, 0],
    [500, 0],
  ]);
});

test.each([
  "http://shop.example:8080",
  "http://10.0.0.1",
  "http://127.0.0.1.evil.example",
  "file:///etc",
])("never asks %s", async (elsewhere) => {
  const http = new FakeHttp();
  const signal = new AbortController().signal;
  const asked = { application: "shop", url: elsewhere };
  const probing = probeAnswers(asked, {
    http,
    clock: new HeldClock(),
    signal,
    emit: () => undefined,
  });
  await expect(probing).rejects.toThrow("not on this machine");
  expect(http.asked).toEqual([]);
});
