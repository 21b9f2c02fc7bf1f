// The records that /api answers with.

export interface SessionInfo {
  login: string;
  displayName: string;
  isAdministrator: boolean;
  mustChangePassword: boolean;
  passwordExpiresAt?: string | null;
  csrfToken: string;
  publicComputer: boolean;
}

export interface PasswordRules {
  minChars: number;
  maxChars: number;
}

export interface SessionItem {
  id: number;
  isCurrent: boolean;
  publicComputer: boolean;
  remote: string;
  userAgent: string;
  created: string;
  lastUsed: string;
}

export interface SignInAttempt {
  at: string;
  succeeded: boolean;
  remote: string;
  userAgent: string;
}

export interface AppPassword {
  id: number;
  label: string;
  created: string;
}

export interface AppPasswordMade {
  id: number;
  label: string;
  password: string;
  token: string;
}

export interface AccountItem {
  id: number;
  address: string;
  name: string;
  kind: "personal" | "organization";
  state: "active" | "suspended" | "closed" | "removed";
  usedBytes: number;
  quotaBytes: number;
  messageCount: number;
}

export interface QueuedRecipient {
  id: number;
  address: string;
  attempts: number;
  nextAttempt: string;
  lastStatus: string | null;
}

export interface QueuedMessage {
  id: number;
  sender: string;
  size: number;
  created: string;
  expires: string;
  recipients: QueuedRecipient[];
}

export interface Health {
  accounts: number;
  usedBytes: number;
  messages: number;
  indexBacklog: number;
  queued: number;
  diskFreeBytes: number;
  diskBytes: number;
  memoryBytes: number;
  certificateExpiresAt: string;
  startedAt: string;
}

export interface PasskeyItem {
  id: number;
  label: string;
  isBackedUp: boolean;
  created: string;
  lastUsed: string | null;
}

/** What to give navigator.credentials (by parseCreationOptionsFromJSON or parseRequestOptionsFromJSON), and to send back with its answer. */
export interface PasskeyQuestion {
  state: string;
  options: unknown;
}

export interface Template {
  id: string;
  name: string;
  html: string;
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
  trustedSenders?: string[];
}
