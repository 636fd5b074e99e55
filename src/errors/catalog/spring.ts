/** Failures of building and running a Spring Boot application. */
export const springErrors = {} as const;
