import { expect, test } from "vitest";
import { applicationScene, putApplication } from "../../../test/scenes/application-scene.ts";
import { listUrls } from "./list-urls.ts";
import { openApplication } from "./open-application.ts";

const published = { service: "user-service", nodePort: 30080, hostPort: 8080 };

function publishedScene() {
  const scene = applicationScene();
  const { cluster } = scene;
  cluster.published.set("default/user-service", {
    ...{ name: "user-service", namespace: "default" },
    ...published,
  });
  return scene;
}

test("the desktop is asked to show the URL", async () => {
  const scene = publishedScene();
  scene.ports.commands.on(([program]) => (program === "xdg-open" ? {} : undefined));
  const request = { name: "user-service", opener: "xdg-open" };
  expect(await openApplication(request, scene)).toEqual({
    ...{ url: "http://127.0.0.1:8080", isOpened: true },
  });
  expect(scene.ports.commands.lines).toEqual(["xdg-open http://127.0.0.1:8080"]);
});

test("without a desktop, or a program to open, the URL is enough", async () => {
  const scene = publishedScene();
  for (const opener of [undefined, "xdg-open"]) {
    expect(await openApplication({ name: "user-service", opener }, scene)).toEqual({
      ...{ url: "http://127.0.0.1:8080", isOpened: false },
    });
  }
});

test("what is published nowhere cannot be opened", async () => {
  const failure = openApplication({ name: "user-service", opener: undefined }, applicationScene());
  await expect(failure).rejects.toMatchObject({ code: "application-not-published" });
});

test("all applications are listed, with a URL where they have one", async () => {
  const { cluster, signal } = publishedScene();
  putApplication(cluster, "worker");
  expect(await listUrls(cluster, signal)).toEqual([
    {
      ...{ name: "user-service", namespace: "default", ready: 2, replicas: 2 },
      url: "http://127.0.0.1:8080",
    },
    { name: "worker", namespace: "default", ready: 2, replicas: 2 },
  ]);
});
