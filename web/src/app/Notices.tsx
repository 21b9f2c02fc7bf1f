import { Button, CloseButton } from "@mantine/core";
import { useState } from "react";
import { t } from "../texts";
import { dateTime } from "../texts/format";
import { useApp } from "./context";
import { daysLeft } from "./expiry";
import { navigate } from "./router";

/** What the holder should know, above the page: the password that is about to expire (A12.2), the lost connection. */
export function Notices({ online }: { online: boolean }) {
  const { session } = useApp();
  const [closed, setClosed] = useState(false);
  const days = daysLeft(session.passwordExpiresAt, Date.now());
  return (
    <>
      {!online && (
        <div className="offline" role="status">
          {t("offlineNotice")}
        </div>
      )}
      {days !== null && !closed && (
        <div className="notice" role="status">
          <span>{t("passwordExpires", { days, date: dateTime(session.passwordExpiresAt ?? "") })}</span>
          <Button size="compact-sm" variant="white" onClick={() => navigate("/settings/password")}>
            {t("changePassword")}
          </Button>
          <CloseButton size="sm" variant="transparent" c="inherit" aria-label={t("close")} onClick={() => setClosed(true)} />
        </div>
      )}
    </>
  );
}
