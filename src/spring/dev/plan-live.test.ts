import { expect, test } from "vitest";
import { fromContainerText } from "../objects/container-text.ts";
import {
  planFilling,
  planListening,
  planLiveArguments,
  planLiveTemplate,
  planUpdate,
} from "./plan-live.ts";

const archive = {
  manifest: {
    main: new Map([
      ["Start-Class", "com.example.Application"],
      ["Spring-Boot-Lib", "BOOT-INF/lib/"],
    ]),
    sections: "",
  },
  classPath: ["BOOT-INF/lib/a-1.jar", "BOOT-INF/lib/b-2.jar"],
};
const text = (content: string) => Buffer.from(content);

test("classes come before the libraries of the image, which keep the archive's order", () => {
  expect(planLiveArguments(archive, { hasDevtools: false })).toBe(
    [
      '-cp "/airfield/live/classes:/application/lib/a-1.jar:/application/lib/b-2.jar"',
      "com.example.Application",
      "",
    ].join("\n"),
  );
});

test("devtools is put on the class path and looks for the one file that is written last", () => {
  const jvm = planLiveArguments(archive, { hasDevtools: true });
  expect(jvm).toContain("classes:/airfield/live/devtools.jar:/application");
  expect(jvm).toContain("-Dspring.devtools.restart.trigger-file=.airfield-reload");
});

test.each([
  ["no main class", { ...archive, manifest: { main: new Map<string, string>(), sections: "" } }],
  ["no order of libraries", { ...archive, classPath: undefined }],
])("an archive with %s cannot be run from a folder", (_, unfit) => {
  expect(planLiveArguments(unfit, { hasDevtools: false })).toBeUndefined();
});

test("the pod keeps what it has, waits for classes, and is not killed while its JVM starts again", () => {
  const template = planLiveTemplate({
    metadata: { labels: { app: "user" } },
    spec: {
      volumes: [{ name: "config" }],
      containers: [
        {
          env: [{ name: "A", value: "1" }],
          volumeMounts: [{ name: "config" }],
          readinessProbe: { periodSeconds: 2, failureThreshold: 3 },
          livenessProbe: {},
          lifecycle: {},
        },
      ],
    },
  });
  const [container] = template.spec.containers;
  expect(template.metadata).toEqual({ labels: { app: "user" } });
  expect(template.spec.volumes).toEqual([
    { name: "config" },
    { name: "airfield-live", emptyDir: {} },
  ]);
  expect(container).toMatchObject({
    env: [{ name: "A", value: "1" }],
    readinessProbe: { periodSeconds: 2, failureThreshold: 10_000 },
  });
  expect(container).not.toHaveProperty("livenessProbe");
  expect(container).not.toHaveProperty("startupProbe");
  expect(container.command?.slice(-4)).toEqual([
    "/airfield/live",
    ...["java", "-jar", "application.jar"],
  ]);
  // Kubernetes makes one dollar sign of two.
  expect(fromContainerText(container.command?.[2] ?? "")).toContain("kill -USR1 $$;");
});

test("a new pod gets every class, and last what it waits for", () => {
  const classes = [{ path: "com/example/A.class", content: text("A") }];
  const script = planFilling(classes, { jvm: "-cp x", devtools: undefined, port: 8080 });
  expect(script).toContain(
    "mkdir -p 'classes/com/example'\nbase64 -d >'classes/com/example/A.class' <<'EOF'\nQQ==\nEOF",
  );
  expect(script).not.toContain("devtools.jar");
  expect(script.indexOf("mv arguments.new arguments")).toBeGreaterThan(script.indexOf("QQ=="));
});

test("who listens on the port is noted before the order, and compared with after it", () => {
  const script = planUpdate([], { hasDevtools: false, port: 8080 });
  expect(script).toContain('*":1F90 0A")');
  expect(script.indexOf("sockets >sockets")).toBeLessThan(script.indexOf("echo restart"));
  expect(planListening(80, 60_000)).toContain('*":0050 0A")');
  expect(planListening(80, 60_000)).toContain('[ "$tries" -lt 600 ]');
  expect(planUpdate([], { hasDevtools: true, port: undefined })).not.toContain("/proc");
});

test("names of files are no words of the shell", () => {
  const changes = [{ path: "it's $(here)", content: undefined }];
  const script = planUpdate(changes, { hasDevtools: false, port: undefined });
  expect(script).toContain(`rm -f 'classes/it'\\''s $(here)'`);
  expect(script).toContain("echo restart >orders");
});
