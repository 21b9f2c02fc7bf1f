import { toast } from "../../app/toasts";
import type { JmapClient } from "../../jmap/client";
import { t } from "../../texts";
import { openComposer } from "./host";
import { leftBehind } from "./keep";

/** Offers to go on with what was being written when the tab closed or the network went. */
export async function offerLeftBehind(login: string, client: JmapClient): Promise<void> {
  const drafts = (await leftBehind(login)).filter((draft) => client.session.accounts[draft.accountId]);
  for (const draft of drafts.slice(0, 2))
    toast(t("draftLeft", { subject: draft.subject || t("noSubject") }), {
      seconds: 120,
      action: { label: t("goOnWriting"), run: () => openComposer({ kind: "restore", accountId: draft.accountId, key: draft.key }) },
    });
}
