import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconSignature } from "@tabler/icons-react";
import { useApp } from "../../app/context";
import { navigate } from "../../app/router";
import type { OwnIdentity } from "../../mail/hooks";
import { t } from "../../texts";
import { cleanHtml } from "../reader/sanitize";
import { signatureOf } from "./draft";

/** Which of one's signatures stands below the text. */
export function SignatureMenu({ identity, onChoose }: { identity: OwnIdentity | undefined; onChoose: (html: string) => void }) {
  const { preferences } = useApp();
  const own = signatureOf(identity);
  const others = (preferences.signatures ?? []).filter((one) => !one.email || one.email === identity?.email);
  return (
    <Menu position="top-start" shadow="md" width={240}>
      <Menu.Target>
        <Tooltip label={t("signature")}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("signature")}>
            <IconSignature size={19} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={300} style={{ overflowY: "auto" }}>
        <Menu.Label>{t("signature")}</Menu.Label>
        {own && <Menu.Item onClick={() => onChoose(own)}>{t("usualSignature")}</Menu.Item>}
        {others.map((one) => (
          <Menu.Item key={one.id} onClick={() => onChoose(cleanHtml(one.html, () => null, false).html)}>
            {one.name}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => onChoose("")}>{t("noSignature")}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => navigate("/settings/signatures")}>{t("manageSignatures")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
