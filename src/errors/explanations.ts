import type { ErrorCode } from "./catalog.ts";
import type { WarningCode } from "./catalog/warnings.ts";
import { applicationExplanations } from "./explanations/applications.ts";
import { clusterExplanations } from "./explanations/cluster.ts";
import { configExplanations } from "./explanations/config.ts";
import { devExplanations } from "./explanations/dev.ts";
import { engineExplanations } from "./explanations/engine.ts";
import type { Explanation } from "./explanations/explanation.ts";
import { imageExplanations } from "./explanations/images.ts";
import { registryExplanations } from "./explanations/registry.ts";
import { springExplanations } from "./explanations/spring.ts";
import { systemExplanations } from "./explanations/system.ts";
import { warningExplanations } from "./explanations/warnings.ts";

/**
 * What every code means and why it comes about. Beside the catalogue and not in it, because every command reads the
 * catalogue when it starts, and hardly any of them reads these.
 */
export const explanations: Readonly<Record<ErrorCode | WarningCode, Explanation>> = {
  ...systemExplanations,
  ...engineExplanations,
  ...configExplanations,
  ...clusterExplanations,
  ...imageExplanations,
  ...registryExplanations,
  ...springExplanations,
  ...applicationExplanations,
  ...devExplanations,
  ...warningExplanations,
};
