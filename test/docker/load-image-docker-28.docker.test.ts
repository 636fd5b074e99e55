import { testLoading } from "./loading-images.ts";
import { docker } from "./second-engine.ts";

testLoading("loading images of Docker 28", docker("28", "classic"));
