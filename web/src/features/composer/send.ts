import { toast, toastError } from "../../app/toasts";
import { Batch, type JmapClient } from "../../jmap/client";
import type { EmailAddress, Id, SetError, SetResult } from "../../jmap/types";
import type { Mail } from "../../mail/mail";
import type { OwnIdentity } from "../../mail/hooks";
import { t, type TextKey } from "../../texts";
import { dateTime } from "../../texts/format";
import type { Draft } from "./draft";
import { cancelScheduled } from "../scheduled/useScheduled";
import { openComposer } from "./host";

/** The server did not take the message; said in the reader's language. */
export class SendError extends Error {
  constructor(
    readonly problem: SetError,
    readonly savedId: Id | null,
  ) {
    super(describe(problem));
  }
}

const reasons: Record<string, TextKey> = {
  invalidRecipients: "sendInvalidRecipients",
  noRecipients: "sendNoRecipients",
  tooManyRecipients: "sendTooMany",
  forbiddenFrom: "sendForbidden",
  forbiddenMailFrom: "sendForbidden",
  forbiddenToSend: "sendForbidden",
  tooLarge: "sendTooLarge",
  overQuota: "sendOverQuota",
};

function describe(error: SetError): string {
  const key = reasons[error.type];
  const text = key ? t(key) : t("sendFailed", { reason: error.description ?? error.type });
  return error.invalidRecipients?.length ? `${text} ${error.invalidRecipients.join(", ")}` : text;
}

/**
 * Makes the message and hands it in, in one request (RFC 8621 §7.5): it is held for the seconds in which it can be taken back (RFC 4865), or until it is due, and then goes to the
 * sent messages by itself.
 */
export async function send(client: JmapClient, mail: Mail, draft: Draft, email: Record<string, unknown>, identity: OwnIdentity, hold: { seconds: number } | { until: Date }, protect?: () => Promise<Id>): Promise<void> {
  const { accountId } = draft;
  // What is signed or encrypted is made beforehand, here.
  const protectedId = protect ? await protect() : null;
  const drafts = mail.mailbox(accountId, "drafts")?.id ?? "";
  const sent = mail.mailbox(accountId, "sent")?.id ?? "";
  const rcptTo = [...draft.to, ...draft.cc, ...draft.bcc].filter((a: EmailAddress, n, all) => all.findIndex((b) => b.email.toLowerCase() === a.email.toLowerCase()) === n);
  const parameters = "until" in hold ? { HOLDUNTIL: hold.until.toISOString().replace(/\.\d+/, "") } : hold.seconds > 0 ? { HOLDFOR: String(hold.seconds) } : null;
  const batch = new Batch();
  const set = batch.add("Email/set", { accountId, ...(protectedId ? {} : { create: { message: email } }), ...(draft.savedId ? { destroy: [draft.savedId] } : {}) });
  const submit = batch.add("EmailSubmission/set", {
    accountId,
    create: { submission: { identityId: identity.id, emailId: protectedId ?? "#message", envelope: { mailFrom: { email: identity.email, parameters }, rcptTo: rcptTo.map((a) => ({ email: a.email, parameters: null })) } } },
    onSuccessUpdateEmail: { "#submission": { [`mailboxIds/${drafts}`]: null, [`mailboxIds/${sent}`]: true, "keywords/$draft": null } },
  });
  const answers = await client.send(batch);
  const made = answers.of<SetResult<{ id: Id }>>(set);
  const emailId = protectedId ?? made.created?.["message"]?.id ?? null;
  if (!emailId) throw new SendError(made.notCreated?.["message"] ?? { type: "notCreated" }, draft.savedId);
  const submitted = answers.of<SetResult<{ id: Id }>>(submit);
  const submissionId = submitted.created?.["submission"]?.id;
  if (!submissionId) throw new SendError(submitted.notCreated?.["submission"] ?? { type: "notSubmitted" }, emailId);
  if (draft.answers) void mail.setKeyword(accountId, [draft.answers.id], draft.answers.keyword, true).catch(() => undefined);
  void mail.update(accountId, ["Email", "Thread", "EmailSubmission"]);

  const undo = async () => {
    if (!(await cancelScheduled(client, mail, accountId, submissionId))) {
      toast(t("undoTooLate"), { isError: true });
      return;
    }
    openComposer({ kind: "draft", accountId, emailId });
  };
  const text = "until" in hold ? t("scheduledFor", { date: dateTime(hold.until.toISOString()) }) : t("sentMessage");
  const seconds = "until" in hold ? 12 : hold.seconds;
  toast(text, seconds > 0 ? { action: { label: t("undo"), run: () => void undo().catch(toastError) }, seconds } : {});
}
