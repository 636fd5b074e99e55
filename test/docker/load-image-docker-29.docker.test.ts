import { testLoading } from "./loading-images.ts";
import { startDocker29, whyNoDocker29 } from "./second-engine.ts";

testLoading("loading images of Docker 29", { start: startDocker29, problem: whyNoDocker29 });
