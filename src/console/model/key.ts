/** A key, or what a terminal sends beside keys, decoded from bytes. */
export type Key =
  | {
      readonly type: "key";
      /** "a", "A", "/", "enter", "escape", "up", "page-down", "f1", "tab" … */
      readonly name: string;
      readonly ctrl?: boolean;
      readonly alt?: boolean;
      readonly shift?: boolean;
    }
  /** Text that was pasted: never read as keys. */
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "focus"; readonly isFocused: boolean };
