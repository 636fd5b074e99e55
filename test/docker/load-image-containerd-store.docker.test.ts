import { testLoading } from "./loading-images.ts";
import { dockerWithContainerdStore } from "./second-engine.ts";

testLoading("loading images of an engine with containerd's store", dockerWithContainerdStore);
