import { testLoading } from "./loading-images.ts";

testLoading("loading images");
