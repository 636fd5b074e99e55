import { expect, test } from "vitest";
import { foldTraces, sourceOf, traceRoleOf } from "./stack-trace.ts";

const trace = [
  "ERROR 1 --- [main] a.B : failed",
  "java.lang.IllegalStateException: no stock",
  "    at java.base/java.util.Optional.orElseThrow(Optional.java:403)",
  "    at dev.shop.Orders.place(Orders.java:31) ~[classes/:na]",
  "    at dev.shop.Orders$$SpringCGLIB$$0.place(<generated>)",
  "    at org.springframework.aop.Invocation.proceed(Invocation.java:7)",
  "Caused by: java.sql.SQLException: gone",
  "    at org.postgresql.Driver.connect(Driver.java:2)",
  "    ... 42 common frames omitted",
  "next",
];

test("frames of libraries are folded; exceptions, causes and own frames stay", () => {
  const shown = foldTraces(trace).map((each) =>
    each.type === "fold" ? `${each.from}+${each.count}` : `${each.index} ${each.role ?? ""}`,
  );
  expect(shown).toEqual([
    ...["0 ", "1 exception", "2+1", "3 own-frame", "4+2", "6 cause", "7+2", "9 "],
  ]);
});

test("a fold hides exactly the lines that are not shown", () => {
  const covered = foldTraces(trace).flatMap((each) =>
    each.type === "line"
      ? [each.index]
      : Array.from({ length: each.count }, (_, i) => each.from + i),
  );
  expect(covered).toEqual(trace.map((_, index) => index));
});

test.each([
  ["    at dev.shop.Orders.place(Orders.java:31)", "own-frame"],
  ["    at app//dev.shop.Orders.place(Orders.java:31)", "own-frame"],
  ["    at dev.shop.Orders.<init>(Orders.java:31)", "own-frame"],
  ["    at dev.shop.Orders.lambda$place$0(Orders.java:31)", "own-frame"],
  ["    at dev.shop.OrdersKt.main(Orders.kt)", "own-frame"],
  ["    at javaland.Shop.x(Shop.java:1)", "own-frame"],
  ["    at org.springframework@6.2.1/org.springframework.core.A.b(A.java:1)", "library-frame"],
  ["    at jdk.proxy2/jdk.proxy2.$Proxy99.find(Unknown Source)", "library-frame"],
  ['Exception in thread "main" java.lang.OutOfMemoryError: Java heap space', "exception"],
  ["    Suppressed: java.io.IOException", "cause"],
  ["    ... 3 more", "omitted"],
  ["at the end there was an Error", undefined],
  ["com.example.Errors: none", undefined],
])("%s", (line, role) => {
  expect(traceRoleOf(line)).toBe(role);
});

test("where the project's packages are known, all else is a library's", () => {
  const ownership = { packages: ["dev.shop"] };
  expect(traceRoleOf("    at dev.shop.Orders.place(O.java:1)", ownership)).toBe("own-frame");
  expect(traceRoleOf("    at dev.shopping.A.b(A.java:1)", ownership)).toBe("library-frame");
});

test.each([
  ["    at dev.shop.Orders$Line.of(Orders.java:31) ~[classes/:na]", "dev/shop/Orders.java", 31],
  ["    at dev.shop.MainKt.main(Main.kt:3)", "dev/shop/Main.kt", 3],
  ["    at Main.main(Main.java:3)", "Main.java", 3],
])("the code of %s", (line, file, number) => {
  expect(sourceOf(line)).toEqual({ file, line: number });
});

test.each(["    at a.B.c(Native Method)", "    at a.B.c(Unknown Source)", "at home (x.java:1)"])(
  "%s has no code",
  (line) => {
    expect(sourceOf(line)).toBeUndefined();
  },
);
