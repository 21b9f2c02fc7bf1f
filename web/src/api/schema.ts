// Written from openapi.json by `npm run api`; not to be changed by hand.

/** What of an account to change. */
export interface AccountChange {
  state: string | null;
  quotaBytes: number | null;
}

/** An account in the list of administration. */
export interface AccountItem {
  id: number;
  address: string;
  name: string;
  kind: string;
  state: string;
  usedBytes: number;
  quotaBytes: number;
  messageCount: number;
}

/** An account just added: its password is shown now and never again. */
export interface AccountMade {
  account: AccountItem;
  password: string;
}

/** One page of accounts. */
export interface AccountPage {
  total: number;
  accounts: AccountItem[];
}

/** Why a request of /api was not done. */
export interface ApiError {
  /** A word that the webmail has a text for. */
  error: string;
  /** Rules that a new password breaks. */
  rules?: string[] | null;
}

/** An app password: one mail program's way in, which can be taken away alone. */
export interface AppPassword {
  /** Its key. */
  id: number;
  /** What it is for. */
  label: string;
  /** When it was made. */
  created: string;
}

/** An app password just made: shown now and never again. */
export interface AppPasswordMade {
  /** Key. */
  id: number;
  /** What it is for. */
  label: string;
  /** For programs that take a name and a password. */
  password: string;
  /** For programs that take a token (RFC 6750). */
  token: string;
}

/** What an app password is for. */
export interface AppPasswordRequest {
  label: string;
}

/** A secret for an authenticator: typed, or as the address that a QR code shows. */
export interface AuthenticatorSecret {
  secret: string;
  uri: string;
}

/** A code of an authenticator. */
export interface CodeRequest {
  code: string;
}

/** The password, once more, for what an open browser alone must not do. */
export interface ConfirmedRequest {
  password: string;
}

/** When the sender wants to be told (RFC 3461 §4.1). */
export type DsnNotify = number;

/** How the installation is. */
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

export type JsonElement = unknown;

export type JsonNode = unknown;

/** What somebody types into a mail program that does not find it out by itself. */
export interface MailProgramSettings {
  /** This server. */
  host: string;
  incoming: null | MailService;
  outgoing: null | MailService;
}

/** How a mail program reaches one protocol. */
export interface MailService {
  /** "imap", "submission" or "submissions". */
  kind: string;
  /** TCP port. */
  port: number;
  /** TLS from the first byte; otherwise by STARTTLS. */
  implicitTls: boolean;
}

/** A person to add. */
export interface NewAccountRequest {
  address: string;
  name: string;
  quotaBytes: number | null;
}

/** A new passkey's answer. */
export interface NewPasskeyRequest {
  /** As it was given. */
  state: string;
  /** What navigator.credentials.create gave. */
  credential: JsonElement;
  /** What its holder calls it. */
  label: string;
}

/** A password just made: shown now and never again. */
export interface NewPassword {
  password: string;
}

/** A passkey as its holder sees it. */
export interface PasskeyItem {
  id: number;
  label: string;
  isBackedUp: boolean;
  created: string;
  lastUsed: string | null;
}

/** What to ask the authenticator, and what to bring back with its answer. */
export interface PasskeyQuestion {
  /** To be brought back as it is. */
  state: string;
  /** For navigator.credentials. */
  options: JsonNode;
}

/** Signing in with a passkey. */
export interface PasskeySignInRequest {
  /** As it was given. */
  state: string;
  /** What navigator.credentials.get gave. */
  credential: JsonElement;
  /** Others use this computer (A12.3). */
  publicComputer: boolean;
}

/** A new password and the one before. */
export interface PasswordRequest {
  current: string;
  new: string;
}

/** How long a new password may be (A12.1). */
export interface PasswordRules {
  minChars: number;
  maxChars: number;
}

/** A problem that somebody has with the webmail or with a message. */
export interface ProblemReport {
  /** What the holder says. */
  text: string;
  /** Where in the webmail. */
  page: string | null;
  /** The Message-ID that it is about; null for none. */
  messageId: string | null;
}

/** A message of the queue, for operators. */
export interface QueuedMessage {
  /** Its row. */
  id: number;
  /** The reverse path. */
  sender: string;
  /** Bytes. */
  size: number;
  /** When it was taken. */
  created: string;
  /** When to give up. */
  expires: string;
  /** Who still waits. */
  recipients: QueuedRecipient[];
}

/** A recipient that waits. */
export interface QueuedRecipient {
  /** Its row. */
  id: number;
  /** The address. */
  address: string;
  /** ORCPT as given. */
  originalRecipient: string | null;
  /** NOTIFY. */
  notify: DsnNotify;
  /** Tries so far. */
  attempts: number;
  /** When it is due. */
  nextAttempt: string;
  /** What the last try ended with. */
  lastStatus: string | null;
}

/** Codes for the day when the authenticator is lost: shown now and never again. */
export interface RecoveryCodes {
  /** Each is good once. */
  recoveryCodes: string[];
}

/** Recipients that are tried again at once. */
export interface Retried {
  changed: number;
}

/** Whether a second step is asked for. */
export interface SecondStepState {
  isOn: boolean;
}

/** A browser that is signed in, as its holder sees it. */
export interface SessionItem {
  id: number;
  isCurrent: boolean;
  publicComputer: boolean;
  remote: string;
  userAgent: string;
  created: string;
  lastUsed: string;
}

/** A session as its browser sees it. The mail host is the name under which this server says who sent a message (RFC 8601 §2.5). */
export interface SessionView {
  login: string;
  displayName: string;
  isAdministrator: boolean;
  mustChangePassword: boolean;
  publicComputer: boolean;
  csrfToken: string;
  passwordExpiresAt: string | null;
  mailHost: string;
}

/** A sign-in that was tried with a browser. */
export interface SignInAttempt {
  /** When. */
  at: string;
  /** Whether it was right. */
  succeeded: boolean;
  /** Where from. */
  remote: string;
  /** With what. */
  userAgent: string;
}

/** What somebody types to sign in. */
export interface SignInRequest {
  /** Login or address. */
  login: string;
  /** Password. */
  password: string;
  /** Others use this computer (A12.3). */
  publicComputer: boolean;
  /** Of an authenticator, where the account asks for one. */
  code?: string | null;
}
