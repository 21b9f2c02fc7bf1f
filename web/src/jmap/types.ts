// The shapes of RFC 8620, RFC 8621 and RFC 9425 that the webmail uses, named as they are there.

export type Id = string;

export interface CoreCapability {
  maxSizeUpload: number;
  maxConcurrentUpload: number;
  maxSizeRequest: number;
  maxConcurrentRequests: number;
  maxCallsInRequest: number;
  maxObjectsInGet: number;
  maxObjectsInSet: number;
  collationAlgorithms: string[];
}

export interface Account {
  name: string;
  isPersonal: boolean;
  isReadOnly: boolean;
  accountCapabilities: Record<string, unknown>;
}

export interface Session {
  capabilities: Record<string, unknown>;
  accounts: Record<Id, Account>;
  primaryAccounts: Record<string, Id>;
  username: string;
  apiUrl: string;
  downloadUrl: string;
  uploadUrl: string;
  eventSourceUrl: string;
  state: string;
}

/** A method call: name, arguments, id (RFC 8620 §3.2). */
export type Invocation = [name: string, args: Record<string, unknown>, callId: string];

/** A reference to what an earlier call of the same request answered (RFC 8620 §3.7). */
export interface ResultReference {
  resultOf: string;
  name: string;
  path: string;
}

export interface Response {
  methodResponses: Invocation[];
  sessionState: string;
}

export interface GetResult<T> {
  accountId: Id;
  state: string;
  list: T[];
  notFound: Id[];
}

export interface ChangesResult {
  accountId: Id;
  oldState: string;
  newState: string;
  hasMoreChanges: boolean;
  created: Id[];
  updated: Id[];
  destroyed: Id[];
}

export interface QueryResult {
  accountId: Id;
  queryState: string;
  canCalculateChanges: boolean;
  position: number;
  ids: Id[];
  total?: number;
  limit?: number;
}

export interface QueryChangesResult {
  accountId: Id;
  oldQueryState: string;
  newQueryState: string;
  total?: number;
  removed: Id[];
  added: { id: Id; index: number }[];
}

export interface SetError {
  type: string;
  description?: string;
  properties?: string[];
  maxSize?: number;
  maxRecipients?: number;
  invalidRecipients?: string[];
}

export interface SetResult<T = Record<string, unknown>> {
  accountId: Id;
  oldState: string | null;
  newState: string;
  created: Record<Id, T> | null;
  updated: Record<Id, T | null> | null;
  destroyed: Id[] | null;
  notCreated: Record<Id, SetError> | null;
  notUpdated: Record<Id, SetError> | null;
  notDestroyed: Record<Id, SetError> | null;
}

export interface StateChange {
  "@type": "StateChange";
  changed: Record<Id, Record<string, string>>;
}

export type MailboxRole = "inbox" | "archive" | "drafts" | "flagged" | "important" | "junk" | "sent" | "subscribed" | "trash" | "all";

export interface Mailbox {
  id: Id;
  name: string;
  parentId: Id | null;
  role: MailboxRole | null;
  sortOrder: number;
  totalEmails: number;
  unreadEmails: number;
  totalThreads: number;
  unreadThreads: number;
  myRights: {
    mayReadItems: boolean;
    mayAddItems: boolean;
    mayRemoveItems: boolean;
    maySetSeen: boolean;
    maySetKeywords: boolean;
    mayCreateChild: boolean;
    mayRename: boolean;
    mayDelete: boolean;
    maySubmit: boolean;
  };
  isSubscribed: boolean;
}

export interface Thread {
  id: Id;
  emailIds: Id[];
}

export interface EmailAddress {
  name: string | null;
  email: string;
}

export interface EmailBodyPart {
  partId: string | null;
  blobId: Id | null;
  size: number;
  name: string | null;
  type: string;
  charset: string | null;
  disposition: string | null;
  cid: string | null;
  subParts?: EmailBodyPart[];
}

export interface EmailBodyValue {
  value: string;
  isEncodingProblem?: boolean;
  isTruncated?: boolean;
}

/** What a list shows of a message. */
export interface EmailRow {
  id: Id;
  blobId: Id;
  threadId: Id;
  mailboxIds: Record<Id, true>;
  keywords: Record<string, true>;
  size: number;
  receivedAt: string;
  from: EmailAddress[] | null;
  to: EmailAddress[] | null;
  subject: string | null;
  hasAttachment: boolean;
  preview: string;
}

/** What the reader and the composer need beside it. */
export interface Email extends EmailRow {
  messageId: string[] | null;
  inReplyTo: string[] | null;
  references: string[] | null;
  sender: EmailAddress[] | null;
  cc: EmailAddress[] | null;
  bcc: EmailAddress[] | null;
  replyTo: EmailAddress[] | null;
  sentAt: string | null;
  bodyValues: Record<string, EmailBodyValue>;
  textBody: EmailBodyPart[];
  htmlBody: EmailBodyPart[];
  attachments: EmailBodyPart[];
  "header:Authentication-Results:asText:all"?: string[];
  "header:Content-Type:asText"?: string | null;
}

export interface FilterCondition {
  inMailbox?: Id;
  inMailboxOtherThan?: Id[];
  before?: string;
  after?: string;
  minSize?: number;
  maxSize?: number;
  hasKeyword?: string;
  notKeyword?: string;
  someInThreadHaveKeyword?: string;
  noneInThreadHaveKeyword?: string;
  hasAttachment?: boolean;
  text?: string;
  from?: string;
  to?: string;
  cc?: string;
  subject?: string;
  body?: string;
}

export interface FilterOperator {
  operator: "AND" | "OR" | "NOT";
  conditions: (FilterOperator | FilterCondition)[];
}

export type Filter = FilterCondition | FilterOperator;

export interface Comparator {
  property: string;
  isAscending?: boolean;
  keyword?: string;
}

export interface Identity {
  id: Id;
  name: string;
  email: string;
  replyTo: EmailAddress[] | null;
  bcc: EmailAddress[] | null;
  textSignature: string;
  htmlSignature: string;
  mayDelete: boolean;
}

export interface EmailSubmission {
  id: Id;
  identityId: Id;
  emailId: Id;
  threadId: Id;
  sendAt: string;
  undoStatus: "pending" | "final" | "canceled";
}

export interface Quota {
  id: Id;
  resourceType: "count" | "octets";
  used: number;
  hardLimit: number;
  warnLimit?: number | null;
  scope: string;
  name: string;
}

export interface ContactCard {
  id: Id;
  kind?: "individual" | "org";
  name?: { full?: string };
  emails?: Record<string, { address: string }>;
}

export interface VacationResponse {
  id: "singleton";
  isEnabled: boolean;
  fromDate: string | null;
  toDate: string | null;
  subject: string | null;
  textBody: string | null;
  htmlBody: string | null;
}
