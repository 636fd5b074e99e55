/** Version of package.json, put in by scripts/build.mjs (and vitest.config.ts). */
declare const __AIRFIELD_VERSION__: string;
/** Content tag of each component image ("node", "registry", "jre-17", …), as images/content-tag prints it. */
declare const __COMPONENT_TAGS__: Readonly<Record<string, string>>;
