import { testLoading } from "./loading-images.ts";
import { docker } from "./second-engine.ts";

testLoading("loading images of Docker 20.10", { ...docker("20.10", "classic"), isOptional: true });
