/** Shell scripts are imported as their text (scripts/build.mjs, vitest.config.ts). */
declare module "*.sh" {
  const text: string;
  // eslint-disable-next-line import-x/no-default-export -- how bundlers hand over a file
  export default text;
}
