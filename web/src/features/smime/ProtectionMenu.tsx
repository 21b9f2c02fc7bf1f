import { ActionIcon, Menu, Switch, Text, Tooltip } from "@mantine/core";
import { IconLock, IconLockOpen } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useApp } from "../../app/context";
import { t } from "../../texts";
import { ownAddresses } from "./keys";
import type { Protection } from "./write";

/** Whether the message is signed and encrypted; needs a certificate of the one who writes. */
export function ProtectionMenu({ address, value, onChange }: { address: string; value: Protection; onChange: (value: Protection) => void }) {
  const { session } = useApp();
  const [own, setOwn] = useState<string[]>([]);
  useEffect(() => {
    if (!session.publicComputer) void ownAddresses(session.login).then(setOwn, () => undefined);
  }, [session]);
  if (session.publicComputer) return null;
  const isHere = own.includes(address.toLowerCase());
  const isOn = value.sign || value.encrypt;
  return (
    <Menu position="top-start" shadow="md" closeOnItemClick={false} width={280}>
      <Menu.Target>
        <Tooltip label={t("smimeProtect")}>
          <ActionIcon variant={isOn ? "light" : "subtle"} color={isOn ? "blue" : "gray"} size="lg" aria-label={t("smimeProtect")}>
            {isOn ? <IconLock size={19} /> : <IconLockOpen size={19} />}
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown p="sm">
        {!isHere && (
          <Text size="sm" c="dimmed">
            {t("smimeNoOwn", { who: address })}{" "}
            <a href="/settings/certificates">{t("certificates")}</a>
          </Text>
        )}
        <Switch my={6} label={t("smimeSign")} disabled={!isHere} checked={value.sign && isHere} onChange={(e) => onChange({ ...value, sign: e.currentTarget.checked })} />
        <Switch my={6} label={t("smimeEncrypt")} disabled={!isHere} checked={value.encrypt && isHere} onChange={(e) => onChange({ ...value, encrypt: e.currentTarget.checked })} />
      </Menu.Dropdown>
    </Menu>
  );
}
