/** Stand where only the user knows the value; RFC 2606 keeps the names from being anybody's. */
export const PLACEHOLDER_REGISTRY = "registry.example.com";
export const PLACEHOLDER_DOMAIN = "example.com";
export const PLACEHOLDER_SECRET = "CHANGE_ME";
