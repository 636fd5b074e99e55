import { testLoading } from "./loading-images.ts";
import { dockerByHand } from "./second-engine.ts";

testLoading("loading images", dockerByHand());
