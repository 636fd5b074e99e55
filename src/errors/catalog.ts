import type { CatalogEntry } from "./catalog-entry.ts";
import { applicationErrors } from "./catalog/applications.ts";
import { clusterErrors } from "./catalog/cluster.ts";
import { configErrors } from "./catalog/config.ts";
import { devErrors } from "./catalog/dev.ts";
import { engineErrors } from "./catalog/engine.ts";
import { imageErrors } from "./catalog/images.ts";
import { registryErrors } from "./catalog/registry.ts";
import { springErrors } from "./catalog/spring.ts";
import { systemErrors } from "./catalog/system.ts";

/** Every failure a user can meet, by its permanent code. One file per subject. */
export const catalog = {
  ...systemErrors,
  ...engineErrors,
  ...configErrors,
  ...clusterErrors,
  ...imageErrors,
  ...registryErrors,
  ...springErrors,
  ...applicationErrors,
  ...devErrors,
} as const;

export type ErrorCode = keyof typeof catalog;

/** The facts that the texts of an error code are made of. */
export type FactsOf<Code extends ErrorCode> =
  (typeof catalog)[Code] extends CatalogEntry<infer Facts> ? Facts : never;
