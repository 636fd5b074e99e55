import { testLoading } from "./loading-images.ts";
import { docker } from "./second-engine.ts";

testLoading("loading images of Docker 29", docker("29", "containerd"));
