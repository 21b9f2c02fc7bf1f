// What /api answers, written from its document (schema.ts), and what the server keeps for the webmail without looking into it.

export type * from "./schema";
export type { SessionView as SessionInfo } from "./schema";

export interface Template {
  id: string;
  name: string;
  subject?: string;
  html: string;
}

/** A signature beside the usual one of an identity; for one address, or for all. */
export interface SignatureChoice {
  id: string;
  name: string;
  html: string;
  email?: string;
}

/** What a person has set for the webmail; kept by the server as one document. */
export interface Preferences {
  language?: "vi" | "en";
  colorScheme?: "light" | "dark" | "auto";
  textSize?: "small" | "normal" | "large";
  conversations?: boolean;
  notifications?: boolean;
  undoSeconds?: number;
  folderColors?: Record<string, string>;
  templates?: Template[];
  signatures?: SignatureChoice[];
  trustedSenders?: string[];
}
