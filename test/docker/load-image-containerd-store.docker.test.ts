import { testLoading } from "./loading-images.ts";
import { startContainerdStoreEngine } from "./second-engine.ts";

testLoading("loading images of an engine with containerd's store", {
  start: startContainerdStoreEngine,
});
