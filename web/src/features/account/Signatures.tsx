import { Button, Card, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApp } from "../../app/context";
import { toast, toastError } from "../../app/toasts";
import type { SetResult } from "../../jmap/types";
import { useIdentities, type OwnIdentity } from "../../mail/hooks";
import { t } from "../../texts";

/** Names and signatures: of one's own address and of each organization mailbox that one looks after. */
export function Signatures() {
  const identities = useIdentities();
  return (
    <Stack maw={640}>
      <Text size="sm" c="dimmed">
        {t("signaturesHint")}
      </Text>
      {identities.map((identity) => (
        <IdentityCard key={`${identity.accountId}/${identity.id}/${identity.textSignature}`} identity={identity} />
      ))}
    </Stack>
  );
}

function IdentityCard({ identity }: { identity: OwnIdentity }) {
  const { client } = useApp();
  const queries = useQueryClient();
  const [name, setName] = useState(identity.name);
  const [signature, setSignature] = useState(identity.textSignature);
  const [busy, setBusy] = useState(false);
  const set = async (args: Record<string, unknown>) => {
    setBusy(true);
    try {
      const result = await client.call<SetResult>("Identity/set", { accountId: identity.accountId, ...args });
      const refused = Object.values({ ...result.notUpdated, ...result.notCreated, ...result.notDestroyed })[0];
      if (refused) throw new Error(refused.description ?? refused.type);
      await queries.invalidateQueries({ queryKey: ["identities"] });
      toast(t("saved"));
    } catch (error) {
      toastError(error);
    }
    setBusy(false);
  };
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Text fw={600}>{identity.email}</Text>
        <TextInput label={t("displayName")} value={name} onChange={(e) => setName(e.currentTarget.value)} maxLength={200} />
        <Textarea label={t("signature")} autosize minRows={3} maxRows={10} value={signature} onChange={(e) => setSignature(e.currentTarget.value)} />
        <Group>
          <Button loading={busy} onClick={() => void set({ update: { [identity.id]: { name, textSignature: signature, htmlSignature: "" } } })}>
            {t("save")}
          </Button>
          <Button variant="subtle" onClick={() => void set({ create: { more: { name, email: identity.email, textSignature: signature } } })}>
            {t("addSignature")}
          </Button>
          {identity.mayDelete && (
            <Button variant="subtle" color="red" onClick={() => void set({ destroy: [identity.id] })}>
              {t("delete")}
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  );
}
