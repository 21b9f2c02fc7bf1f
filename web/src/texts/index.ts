import { useSyncExternalStore } from "react";
import { vi } from "./vi";

export type TextKey = keyof typeof vi;
export type Texts = Record<TextKey, string>;
export type Language = "vi" | "en";

let texts: Texts = vi;
let language: Language = "vi";
const listeners = new Set<() => void>();

/** Vietnamese is there from the first; English is loaded when it is asked for. */
export async function setLanguage(wanted: Language): Promise<void> {
  if (wanted === language) return;
  texts = wanted === "en" ? (await import("./en")).en : vi;
  language = wanted;
  document.documentElement.lang = wanted;
  for (const listener of listeners) listener();
}

export function getLanguage(): Language {
  return language;
}

/** Draws again when the language changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => language,
  );
}

/** A text, with {names} filled in. */
export function t(key: TextKey, values?: Record<string, string | number>): string {
  const text = texts[key];
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
}

/** A text as it is found without diacritics and capitals. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}+/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}
