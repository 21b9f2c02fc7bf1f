import { useQuery } from "@tanstack/react-query";
import { useApp } from "../../app/context";
import { Batch, from, type JmapClient } from "../../jmap/client";
import type { EmailRow, EmailSubmission, GetResult, Id, SetResult } from "../../jmap/types";
import type { Mail } from "../../mail/mail";
import { rowProperties } from "../../mail/mailList";

/** What still waits a minute later was meant to: the seconds in which sending can be undone are over then. */
const atLeast = 60_000;

export interface Scheduled {
  submission: EmailSubmission;
  email: EmailRow | undefined;
}

/** Messages that are to go at a later hour, the next one first. */
export function useScheduled(accountId: Id): Scheduled[] | undefined {
  const { client } = useApp();
  const { data } = useQuery({
    queryKey: ["submissions", accountId],
    queryFn: async () => {
      const batch = new Batch();
      const query = batch.add("EmailSubmission/query", { accountId, filter: { undoStatus: "pending" }, sort: [{ property: "sentAt" }], limit: 200 });
      const get = batch.add("EmailSubmission/get", { accountId, "#ids": from(query, "/ids") });
      const emails = batch.add("Email/get", { accountId, "#ids": from(get, "/list/*/emailId"), properties: rowProperties });
      const answers = await client.send(batch);
      const rows = new Map(answers.of<GetResult<EmailRow>>(emails).list.map((row) => [row.id, row]));
      return answers
        .of<GetResult<EmailSubmission>>(get)
        .list.map((submission): Scheduled => ({ submission, email: rows.get(submission.emailId) }))
        .sort((a, b) => a.submission.sendAt.localeCompare(b.submission.sendAt));
    },
  });
  return data?.filter(({ submission }) => Date.parse(submission.sendAt) > Date.now() + atLeast);
}

/** Stops a message that has not gone yet and makes it a draft again; false when it was too late. */
export async function cancelScheduled(client: JmapClient, mail: Mail, accountId: Id, submissionId: Id): Promise<boolean> {
  const drafts = mail.mailbox(accountId, "drafts")?.id ?? "";
  const sent = mail.mailbox(accountId, "sent")?.id ?? "";
  const batch = new Batch();
  const cancel = batch.add("EmailSubmission/set", {
    accountId,
    update: { [submissionId]: { undoStatus: "canceled" } },
    onSuccessUpdateEmail: { [submissionId]: { [`mailboxIds/${sent}`]: null, [`mailboxIds/${drafts}`]: true, "keywords/$draft": true } },
  });
  const result = (await client.send(batch)).of<SetResult>(cancel);
  await mail.update(accountId, ["Email", "Thread", "EmailSubmission"]);
  return !result.notUpdated?.[submissionId];
}
