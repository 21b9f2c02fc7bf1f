import { createContext, useContext } from "react";
import type { Preferences, SessionInfo } from "../api/types";
import type { JmapClient } from "../jmap/client";
import type { Mail } from "../mail/mail";

export interface AppContext {
  session: SessionInfo;
  client: JmapClient;
  mail: Mail;
  preferences: Preferences;
  setPreferences: (change: Partial<Preferences>) => void;
  signOut: () => Promise<void>;
}

const context = createContext<AppContext | null>(null);

export const AppProvider = context.Provider;

/** Who is signed in and their mail. */
export function useApp(): AppContext {
  const value = useContext(context);
  if (!value) throw new Error("Nobody is signed in here.");
  return value;
}
