// Written from openapi.json by `npm run api`; not to be changed by hand.

/** An abbreviation set by hand. */
export interface AbbreviationRequest {
  abbreviation: string;
  reason: string;
}

/** What of an account to change. */
export interface AccountChange {
  state: string | null;
  quotaBytes: number | null;
}

export interface AccountId {
  value?: number;
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

/** Whose mailbox an account is (A2.3-4). */
export type AccountKind = number;

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

/** An approval; of a batch above the limit with its number. */
export interface ApproveRequest {
  confirmed: number | null;
}

/** A place where the chain of the audit trail is broken. */
export interface AuditFindingItem {
  fault: string;
  sequence: number;
  id: number;
}

/** A row of the audit trail. */
export interface AuditItem {
  id: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: string;
  sequence: number | null;
}

/** What a verification of the audit trail found. */
export interface AuditVerification {
  rows: number;
  waiting: number;
  head: string;
  findings: AuditFindingItem[];
}

/** A secret for an authenticator: typed, or as the address that a QR code shows. */
export interface AuthenticatorSecret {
  secret: string;
  uri: string;
}

/** What the daily run proposes. */
export type BatchState = number;

/** Why a cell, or what should be one, cannot be used. */
export type CellFault = number;

/** A cell that cannot be read: where it is, what stands there, why. */
export interface CellProblem {
  /** The sheet's name, or the number of a document's table. */
  table: string;
  /** The row in it, 1 for the first; 0 for the document as a whole. */
  row: number;
  /** The column's heading as written; the form's where the file has none. */
  column: string;
  /** What stands there. */
  read: string;
  /** Why. */
  fault: CellFault;
  /** The earlier row of CellFault.Repeated. */
  related?: number | null;
  /** The row cannot be worked on before this is mended; other problems are only to be looked at. */
  isBlocking?: boolean;
}

/** A closing. */
export interface CloseRequest {
  reason: LifeReason;
  document: string;
  decidedOn: string;
  effectiveOn: string;
  askedOn: string;
  newAddress: string | null;
}

/** What came of a closing. */
export interface ClosingResult {
  /** The day of it. */
  closesOn: string;
  /** Done already. */
  isClosed: boolean;
  /** Asked for after the five days of A8.2. */
  isLate: boolean;
  /** The operator's last day (A8.2). */
  finishBy: string;
}

/** A code of an authenticator. */
export interface CodeRequest {
  code: string;
}

/** The password, once more, for what an open browser alone must not do. */
export interface ConfirmedRequest {
  password: string;
}

/** Key of a content: bytes that any number of messages share. Never reused. */
export interface ContentId {
  value?: number;
}

/** A mistake in a file of decisions. */
export interface DecisionError {
  /** The number of the entry, from 1; 0 for the file as a whole. */
  entry?: number;
  /** What is wrong. */
  fault?: DecisionFault;
  /** What is written there. */
  written?: string;
}

/** What is wrong with a file of decisions. */
export type DecisionFault = number;

/** A yearly decision, and whether it was entered here. */
export interface DecisionView {
  decision: YearDecision;
  isOwn: boolean;
}

/** A signature in a document (A12.7); without doubts it is valid. Revocation is not looked up, and the time is the signer's own word. */
export interface DocumentSignature {
  /** The common name in the certificate; null where no certificate could be read. */
  signer: string | null;
  /** The organization in the certificate. */
  organization: string | null;
  /** Who issued the certificate. */
  issuer: string | null;
  /** When it was signed, as the signer says. */
  signedAt: string | null;
  /** What is to be said against it. */
  doubts: SignatureDoubt[];
}

/** When the sender wants to be told (RFC 3461 §4.1). */
export type DsnNotify = number;

/** A duty. */
export interface DutyEntry {
  id: number;
  personId: number;
  name: string;
  organizationId: number;
  duty: string;
  from: string;
  to: string | null;
  grantedBy: string;
}

/** Who takes a duty, from when to when. */
export interface DutyRequest {
  personId: number;
  duty: string;
  from: string | null;
  to: string | null;
}

/** A file that shows a prohibited act, in base64. */
export interface EvidenceRequest {
  name: string;
  data: string;
}

/** Why a file gave no tables. */
export type FileFault = number;

/** Something about a row of a list. */
export interface FindingItem {
  row: number;
  column: string;
  error: string;
  message: string;
}

/** The upper part of a form. */
export interface FormHead {
  /** Số, ký hiệu; empty when the document has none yet. */
  number?: string;
  /** The day in its place-and-date line. */
  date?: string | null;
  /** Who asks. */
  requester?: string;
  /** That person's position. */
  position?: string;
  /** Cơ quan, đơn vị công tác. */
  organization?: string;
  /** Điện thoại liên lạc. */
  phone?: string;
}

/** The forms that organizations fill in (A14.1 and the appendix; the last two follow A7 and A5.3, which print none). */
export type FormKind = number;

/** What was read of a filled form or list. */
export interface FormReading {
  /** Why the file cannot be read at all. */
  fault: FileFault;
  kind: null | FormKind;
  /** Its upper part. */
  head: FormHead;
  /** Its rows. */
  rows: FormRow[];
  /** Cells that cannot be read. */
  problems: CellProblem[];
}

/** A row that was read. */
export interface FormRow {
  /** The sheet's name, or the number of a document's table. */
  table: string;
  /** The row in it. */
  number: number;
  /** Whose mailbox. */
  subject: FormSubject;
  action: null | MailboxAction;
  /** Its cells by what they hold, made uniform: telephone numbers as digits, days as yyyy-MM-dd, addresses in lower case. Empty ones are left out. */
  values: Record<string, unknown>;
}

/** Whose mailboxes a list is of. */
export type FormSubject = number;

/** An address that was given. */
export interface GivenAddressItem {
  address: string;
  organizationId: number | null;
  personId: number | null;
  rule: string;
  citation: string;
  explanation: string;
  overrideReason: string | null;
  actor: string;
  at: string;
}

/** Why something of /api/governance was not done. */
export interface GovernanceError {
  /** Which problem. */
  error: string;
  /** The same as a sentence, in the request's language. */
  message: string;
  /** What it is about. */
  values: string[];
}

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

/** One entry of a history. */
export interface HistoryItem {
  at: string;
  actor: string;
  what: string;
  before: string;
  after: string;
}

/** What keeps a mailbox from being suspended or removed. */
export type HoldKind = number;

/** A hold or a leave. */
export interface HoldRequest {
  kind: HoldKind;
  reason: string;
  document: string | null;
  from: string;
  to: string | null;
}

/** What an import did, or would do. */
export interface ImportItem {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  done: boolean;
  problems: FindingItem[];
  notes: FindingItem[];
}

/** How a mailbox of a proposal stands. */
export type ItemState = number;

export type JsonElement = unknown;

export type JsonNode = unknown;

export interface JsonObject {
}

/** A kind of organizations. */
export interface KindItem {
  code: string;
  nameVi: string;
  nameEn: string;
}

/** Requests by their urgency. */
export interface LateRequests {
  late: Request[];
  nearlyLate: Request[];
  owingDocument: Request[];
}

/** Why and when a person leaves. */
export interface LeaveRequest {
  status: string;
  last: string | null;
}

/** A proposal of the daily run. */
export interface LifecycleBatch {
  /** Key. */
  id: number;
  /** What is proposed: suspension or removal. */
  step: LifeStep;
  /** How it stands. */
  state: BatchState;
  /** It is above the share of mailboxes that may be dealt with in one go: it is approved only by its number. */
  isStopped: boolean;
  /** How many it is about. */
  mailboxes: number;
  /** Mailboxes in use when it was proposed. */
  inUse: number;
  /** When. */
  proposedOn: string;
  /** Who approved or refused it. */
  decidedBy: string | null;
  /** Why. */
  note: string;
}

/** A mailbox in a proposal. */
export interface LifecycleItem {
  /** Which. */
  account: AccountId;
  /** Its address. */
  address: string;
  /** Its holder. */
  name: string;
  /** The last day of its term. */
  dueOn: string;
  /** Waiting, done or dropped. */
  state: ItemState;
  /** Why it was dropped. */
  outcome: string;
}

/** What happened to a mailbox. */
export interface LifeEvent {
  /** When. */
  at: string;
  /** Whose doing. */
  actor: string;
  /** What. */
  what: string;
  /** Why. */
  reason: string;
  /** The document it rests on. */
  document: string;
}

export type LifeReason = number;

/** Where a mailbox is in its life. */
export type LifeStep = number;

/** A mailbox's life as the interfaces tell it. */
export interface LifeView {
  id: number;
  address: string;
  name: string;
  step: LifeStep;
  reason: null | LifeReason;
  since: string | null;
  lastUsed: string;
  notifiedOn: string | null;
  due: string | null;
  reopenAskedOn: string | null;
  closesOn: string | null;
  movedTo: string | null;
  isHeld: boolean;
}

export type MailboxAction = number;

/** A hold or a leave. */
export interface MailboxHold {
  /** Key. */
  id: number;
  /** Whose. */
  account: AccountId;
  /** Its address. */
  address: string;
  /** What. */
  kind: HoldKind;
  /** Why. */
  reason: string;
  /** The document it rests on. */
  document: string;
  /** Its first day. */
  from: string;
  /** Its last day; null without end. */
  to: string | null;
}

/** An organization's mailbox just made. */
export interface MailboxMade {
  address: string;
}

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

/** A merger planned, or what is wrong with its list. */
export interface MergerPlanned {
  plan: null | PlanItem;
  problems: FindingItem[];
}

/** Where to. */
export interface MoveRequest {
  organizationId: number;
  position: string | null;
  unit: string | null;
  from: string | null;
  keepAddress: boolean;
}

/** A person to add. */
export interface NewAccountRequest {
  address: string;
  name: string;
  quotaBytes: number | null;
}

/** An organization to add. */
export interface NewOrganizationRequest {
  name: string;
  parentId: number | null;
  kind: string | null;
  code: string | null;
  abbreviation: string | null;
  abbreviationReason: string | null;
  registersItsPeople: boolean | null;
  mailbox: boolean;
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

/** A person to add. */
export interface NewPersonRequest {
  name: string;
  organizationId: number;
  staffCode: string | null;
  position: string | null;
  unit: string | null;
  phone: string | null;
  birthDate: string | null;
  serviceStart: string | null;
  identityNumber: string | null;
  from: string | null;
  mailbox: boolean;
}

/** A request as the portal hands it in: rows, or files with rows in them. */
export interface NewRequest {
  organization: number | null;
  channel: RequestChannel;
  kind: null | RequestKind;
  number: string | null;
  documentDate: string | null;
  signer: string | null;
  requester: string | null;
  position: string | null;
  phone: string | null;
  receivedOn: string | null;
  note: string | null;
  subject: FormSubject;
  rows: WebRow[] | null;
  files: UploadedFile[] | null;
}

/** A code for its holder: with it a password is chosen, once. */
export interface OneTimeCode {
  /** Whose. */
  login: string;
  /** Four groups of four; told to the holder only, and kept as a hash. */
  code: string;
  /** Until when. */
  expiresAt: string;
}

/** What of an organization to change; what is left out stays. A parent of 0 is the top. */
export interface OrganizationChangeRequest {
  name: string | null;
  kind: string | null;
  code: string | null;
  registersItsPeople: boolean | null;
  parentId: number | null;
  newAddress: boolean;
}

/** An organization as those see it who may: with the state of its mailbox, its duties and its history. */
export interface OrganizationDetail {
  organization: OrganizationItem;
  mailboxState: string | null;
  usedBytes: number | null;
  quotaBytes: number | null;
  duties: DutyEntry[];
  history: HistoryItem[];
}

export interface OrganizationId {
  value?: number;
}

/** An organization in the tree. */
export interface OrganizationItem {
  id: number;
  parentId: number | null;
  name: string;
  kind: string;
  code: string | null;
  address: string | null;
  hasMailbox: boolean;
  state: string;
  successorId: number | null;
  abbreviation: string | null;
  abbreviationReason: string | null;
  registersItsPeople: boolean | null;
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

/** What of a person to change; what is left out stays. */
export interface PersonChangeRequest {
  name: string | null;
  surname: string | null;
  middle: string | null;
  given: string | null;
  birthDate: string | null;
  phone: string | null;
  serviceStart: string | null;
  identityNumber: string | null;
  position: string | null;
  unit: string | null;
}

/** A person with postings, duties and history. */
export interface PersonDetail {
  person: PersonItem;
  postings: PostingItem[];
  duties: DutyEntry[];
  history: HistoryItem[];
}

/** A person. */
export interface PersonItem {
  id: number;
  staffCode: string;
  name: string;
  surname: string;
  middle: string;
  given: string;
  birthDate: string | null;
  phone: string | null;
  serviceStart: string | null;
  status: string;
  address: string | null;
}

/** An address that the rules do not give, and why. */
export interface PersonMailboxRequest {
  localPart: string | null;
  reason: string | null;
}

/** A plan and what applying it now would do. */
export interface PlanDetail {
  plan: PlanItem;
  problems: number;
  lines: PlanLineItem[];
}

/** A reorganization that is planned. */
export interface PlanItem {
  id: number;
  kind: string;
  title: string;
  state: string;
  createdBy: string;
  createdAt: string;
  decidedBy: string | null;
  decidedAt: string | null;
}

/** One line of a preview. */
export interface PlanLineItem {
  step: string;
  subject: string;
  before: string;
  after: string;
  problem: string | null;
}

/** Where a person works or worked. */
export interface PostingItem {
  id: number;
  organizationId: number;
  position: string;
  unit: string;
  isPrimary: boolean;
  from: string;
  to: string | null;
}

/** A problem and what it is about. */
export interface Problem {
  /** Which. */
  kind: ProblemKind;
  /** What fills the places of its text. */
  values: string[];
}

/** Why something could not be done: the caller's affair; nothing has changed. Each has a text of the same name in both languages. */
export type ProblemKind = number;

/** A problem that somebody has with the webmail or with a message. */
export interface ProblemReport {
  /** What the holder says. */
  text: string;
  /** Where in the webmail. */
  page: string | null;
  /** The Message-ID that it is about; null for none. */
  messageId: string | null;
}

/** Why something of the Regulation was not done. */
export interface ProblemView {
  /** A word that programs know. */
  error: string;
  /** The same for people, in the language that the browser asks for. */
  message: string;
}

/** Another profile to plan. */
export interface ProfilePlanRequest {
  profile: string;
}

/** An address and how it came about. */
export interface ProposalItem {
  address: string | null;
  rule: string;
  explanation: string;
  fault: string | null;
  needsReview: boolean;
}

/** For whom an address is proposed. */
export interface ProposalRequest {
  organizationId: number;
  name: string | null;
  birthDate: string | null;
  identityNumber: string | null;
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
  /** The sender knows that it takes long. */
  isDelayTold?: boolean;
}

/** A reason. */
export interface ReasonRequest {
  reason: string;
}

/** Codes for the day when the authenticator is lost: shown now and never again. */
export interface RecoveryCodes {
  /** Each is good once. */
  recoveryCodes: string[];
}

/** What is left of a removed mailbox (A8.1). */
export interface RemovalRecord {
  /** Its key. */
  account: AccountId;
  /** Its address, which stays reserved. */
  address: string;
  /** All of them. */
  addresses: string;
  /** Its holder. */
  name: string;
  /** Whose it was. */
  kind: AccountKind;
  /** Why. */
  reason: LifeReason;
  /** The notice. */
  notifiedOn: string | null;
  /** Who approved it. */
  approvedBy: string;
  /** When. */
  removedOn: string;
  /** Folders. */
  mailboxes: number;
  /** Messages. */
  messages: number;
  /** Their bytes. */
  bytes: number;
  /** A hash over the hashes of its messages. */
  digest: string;
  /** From the day after on no backup holds it. */
  backupsUntil: string;
  /** Its content is gone from store and search. */
  isErased: boolean;
}

/** A reopening or a restoring. */
export interface ReopenRequest {
  why: string;
  document: string | null;
}

/** A request. */
export interface Request {
  /** Key. */
  id: RequestId;
  /** The number that people quote: YC-2026-000012. */
  reference: string;
  /** What is asked for. */
  kind: RequestKind;
  /** Where it is. */
  state: RequestState;
  organization: null | OrganizationId;
  /** Its name; what the document names while it is not known. */
  organizationName: string;
  /** How it came first. */
  channel: RequestChannel;
  /** Số, ký hiệu. */
  number: string;
  /** The document's day. */
  documentDate: string | null;
  /** Who signed. */
  signer: string;
  /** Who asks. */
  requester: string;
  /** That person's position. */
  requesterPosition: string;
  /** A telephone number. */
  phone: string;
  /** The address that it was sent from. */
  sender: string;
  /** Nợ văn bản: what came by telephone still wants its document. */
  owesDocument: boolean;
  /** The earliest receipt. */
  receivedOn: string | null;
  /** From when the time limit runs: the receipt of what was complete. */
  completeOn: string | null;
  /** The day at whose end it is due; null while no limit runs. */
  dueOn: string | null;
  /** Dự kiến: days off on the way are not decided yet. */
  dueIsProvisional: boolean;
  /** Who works on it. */
  owner: string | null;
  /** A remark. */
  note: string;
  /** How many rows: waiting, done, refused. */
  rows: RowCounts;
  /** When it was recorded. */
  createdAt: string;
}

/** The written answer. */
export interface RequestAnswer {
  /** Its number; null while it is a draft. */
  number: number | null;
  /** Its day. */
  signedOn: string | null;
  /** The signer's position. */
  signerTitle: string;
  /** The signer. */
  signerName: string;
  /** Sentences added by hand. */
  remarks: string;
  /** When it went out. */
  issuedAt: string | null;
  /** Where it went. */
  sentTo: string;
}

/** How a request came (A6.1). */
export type RequestChannel = number;

/** A file of a request. */
export interface RequestDocument {
  id: number;
  kind: RequestDocumentKind;
  name: string;
  mediaType: string;
  content: ContentId;
  size: number;
  createdAt: string;
}

/** What a file of a request is. */
export type RequestDocumentKind = number;

/** Something that happened to a request. */
export interface RequestEvent {
  at: string;
  actor: string;
  what: string;
  state: RequestState;
  note: string;
}

/** A request with everything that belongs to it. */
export interface RequestFile {
  request: Request;
  rows: RequestRow[];
  problems: CellProblem[];
  documents: RequestDocument[];
  events: RequestEvent[];
  answer: null | RequestAnswer;
}

/** Key of a request. */
export interface RequestId {
  value?: number;
}

/** What an organization asks for (A6-A8). */
export type RequestKind = number;

/** What of a request to set. */
export interface RequestPatch {
  organization: number | null;
  kind: null | RequestKind;
  action: null | MailboxAction;
  number: string | null;
  documentDate: string | null;
  signer: string | null;
  subject: FormSubject;
  rows: WebRow[] | null;
  files: UploadedFile[] | null;
}

/** Why something was not done, for people: in the language that the browser asks for. */
export interface RequestRefused {
  error: string;
  message: string;
}

/** A row of a request. */
export interface RequestRow {
  /** Key. */
  id: number;
  /** Its place, from 1. */
  position: number;
  /** Whose mailbox. */
  subject: FormSubject;
  action: null | MailboxAction;
  /** What the list says, made uniform. */
  cells: Record<string, unknown>;
  /** How it stands. */
  state: RowState;
  problem: null | Problem;
  /** The mailbox that it led to, or was about. */
  address: string | null;
  account: null | AccountId;
  /** Whose mailbox, as people are called. */
  name?: string | null;
}

/** Where a request is. */
export type RequestState = number;

/** A step with what belongs to it. */
export interface RequestStepBody {
  on: string | null;
  text: string | null;
  files: UploadedFile[] | null;
  retry?: boolean;
}

/** Recipients that are tried again at once. */
export interface Retried {
  changed: number;
}

/** What the one who asks may do. */
export interface RightsItem {
  rights: string[];
}

/** A right given by hand. */
export interface RoleEntry {
  id: number;
  login: string;
  role: string;
  organizationId: number | null;
  grantedBy: string;
  at: string;
}

/** A right to give. */
export interface RoleRequest {
  login: string;
  role: string;
  organizationId: number | null;
}

/** Rows by how they stand. */
export interface RowCounts {
  waiting?: number;
  done?: number;
  refused?: number;
  /** All of them. */
  all?: number;
}

/** How a row stands. */
export type RowState = number;

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

/** The authorities by which signatures are trusted, for the browser that checks them. */
export interface SignatureAuthorities {
  /** Their certificates. */
  pem: string;
}

/** Why a signature in a document says less than "valid". */
export type SignatureDoubt = "changed" | "partial" | "unchecked" | "untrusted" | "expired" | "notYet" | "weak";

/** A signature. */
export interface SignBody {
  number: number | null;
  on: string | null;
  title: string | null;
  name: string;
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

export type Stream = string;

/** A suspension. */
export interface SuspendRequest {
  reason: LifeReason;
  why: string;
  document: string | null;
  evidence: EvidenceRequest[] | null;
}

/** A file that was uploaded before (RFC 8620 §6.1). */
export interface UploadedFile {
  blobId: string;
  name: string;
}

/** A row of a web form. */
export interface WebRow {
  action: null | MailboxAction;
  cells: Record<string, unknown>;
}

/** What was decided for a year: its days off and its worked days. */
export interface YearDecision {
  /** The year. */
  year: number;
  /** All days off of the year are listed. Otherwise the listed ones change what the law gives, and the rest stays provisional. */
  isComplete: boolean;
  /** Days off, Monday to Friday. */
  daysOff: string[];
  /** Saturdays and Sundays worked. */
  daysWorked: string[];
  /** The documents. */
  source: string;
}
