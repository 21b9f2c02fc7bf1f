import { Button, Card, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApp } from "../../app/context";
import type { SignatureChoice } from "../../api/types";
import { toast, toastError } from "../../app/toasts";
import type { SetResult } from "../../jmap/types";
import { useIdentities, type OwnIdentity } from "../../mail/hooks";
import { t } from "../../texts";
import { htmlToText, signatureOf } from "../composer/draft";
import { Editor } from "../composer/Editor";
import { cleanHtml } from "../reader/sanitize";

const maxChars = 10_000;
const maxSignatures = 20;

/** Names and signatures: the usual one of each address that one writes from, and others to choose from while writing. */
export function Signatures() {
  const identities = useIdentities();
  const { preferences, setPreferences } = useApp();
  const others = preferences.signatures ?? [];
  const addresses = [...new Set(identities.map((i) => i.email))];
  const put = (signature: SignatureChoice) => {
    if (signature.html.length > maxChars) return toast(t("signatureTooLong"), { isError: true });
    setPreferences({ signatures: others.some((one) => one.id === signature.id) ? others.map((one) => (one.id === signature.id ? signature : one)) : [...others, signature] });
    toast(t("saved"));
  };
  return (
    <Stack maw={720}>
      <Text size="sm" c="dimmed">
        {t("signaturesHint")}
      </Text>
      {identities.map((identity) => (
        <IdentityCard key={`${identity.accountId}/${identity.id}`} identity={identity} />
      ))}
      <Title order={2} size="h4" mt="md">
        {t("moreSignatures")}
      </Title>
      <Text size="sm" c="dimmed">
        {t("moreSignaturesHint")}
      </Text>
      {others.map((one) => (
        <ChoiceCard key={one.id} first={one} addresses={addresses} onSave={put} onDelete={() => setPreferences({ signatures: others.filter((other) => other.id !== one.id) })} />
      ))}
      {others.length < maxSignatures && (
        <Button variant="default" style={{ alignSelf: "flex-start" }} onClick={() => setPreferences({ signatures: [...others, { id: crypto.randomUUID(), name: t("signatureN", { n: others.length + 2 }), html: "" }] })}>
          {t("addSignature")}
        </Button>
      )}
    </Stack>
  );
}

function IdentityCard({ identity }: { identity: OwnIdentity }) {
  const { client } = useApp();
  const queries = useQueryClient();
  const [name, setName] = useState(identity.name);
  const [first] = useState(() => signatureOf(identity));
  const [html, setHtml] = useState(first);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (html.length > maxChars) return toast(t("signatureTooLong"), { isError: true });
    setBusy(true);
    try {
      const text = htmlToText(html).trim();
      const result = await client.call<SetResult>("Identity/set", { accountId: identity.accountId, update: { [identity.id]: { name, textSignature: text, htmlSignature: text ? html : "" } } });
      const refused = result.notUpdated?.[identity.id];
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
        <SignatureEditor html={first} label={t("signatureOf", { name: identity.email })} onChange={setHtml} />
        <Group>
          <Button loading={busy} onClick={() => void save()}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function ChoiceCard({ first, addresses, onSave, onDelete }: { first: SignatureChoice; addresses: string[]; onSave: (signature: SignatureChoice) => void; onDelete: () => void }) {
  const [name, setName] = useState(first.name);
  const [email, setEmail] = useState(first.email ?? "");
  const [html, setHtml] = useState(first.html);
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Group grow>
          <TextInput label={t("signatureName")} value={name} onChange={(e) => setName(e.currentTarget.value)} maxLength={80} />
          <NativeSelect label={t("usedFor")} value={email} onChange={(e) => setEmail(e.currentTarget.value)} data={[{ value: "", label: t("allAddresses") }, ...addresses]} />
        </Group>
        <SignatureEditor html={cleanHtml(first.html, () => null, false).html} label={t("signatureOf", { name })} onChange={setHtml} />
        <Group>
          <Button disabled={!name.trim()} onClick={() => onSave({ id: first.id, name: name.trim(), html, ...(email ? { email } : {}) })}>
            {t("save")}
          </Button>
          <Button variant="subtle" color="red" onClick={onDelete} aria-label={t("deleteOf", { name })}>
            {t("delete")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function SignatureEditor({ html, label, onChange }: { html: string; label: string; onChange: (html: string) => void }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {t("signature")}
      </Text>
      <div className="editor-box">
        <Editor html={html} label={label} autoFocus={false} onChange={onChange} onFiles={() => toast(t("noFilesHere"))} onReady={() => undefined} />
      </div>
    </div>
  );
}
