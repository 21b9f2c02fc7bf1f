import { Alert, Button, Group, List, Text, UnstyledButton } from "@mantine/core";
import { IconCertificate, IconCertificateOff, IconDownload, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApp } from "../../app/context";
import { upright } from "../../app/people";
import type { Email, Id } from "../../jmap/types";
import { t, type TextKey } from "../../texts";
import { longDate, size } from "../../texts/format";
import { save } from "../reader/download";
import { MessageFrame } from "../reader/MessageFrame";
import type { Doubt, Signature } from "./cms";
import { readSecure } from "./read";

const reasons: Record<Doubt, TextKey> = {
  changed: "smimeChanged",
  broken: "smimeBroken",
  untrusted: "smimeUntrusted",
  expired: "smimeExpired",
  notYet: "smimeNotYet",
  otherSender: "smimeOtherSender",
  weak: "smimeWeak",
};

/** What the signature of a message says, and the text of one that was encrypted. */
export default function SecureMail({ accountId, email, dark, printed }: { accountId: Id; email: Email; dark: boolean; printed: number }) {
  const { client, session } = useApp();
  const { data, error } = useQuery({
    queryKey: ["smime", accountId, email.id],
    staleTime: Infinity,
    retry: false,
    queryFn: () => readSecure(client, session.login, session.publicComputer, accountId, email),
  });
  if (error) return <Alert className="card-notice" color="red" title={t("smimeUnreadable")} />;
  if (!data) return <Text size="sm" c="dimmed" m="sm" role="status">{t("smimeChecking")}</Text>;
  return (
    <>
      {data.isEncrypted && (
        <Alert className="card-notice" color={data.isLocked ? "orange" : "green"} icon={<IconLock size={18} />} title={t(data.isLocked ? "smimeLocked" : "smimeDecrypted")}>
          {data.isLocked && t(session.publicComputer ? "smimeNotOnPublic" : "smimeLockedHint")}
        </Alert>
      )}
      {data.signature && <SignatureNotice signature={data.signature} from={email.from?.[0]?.email ?? ""} />}
      {data.content && <MessageFrame html={data.content.html || `<p></p>`} remote={false} paper={data.content.hasColors} dark={dark} printed={printed} />}
      {data.content && data.content.files.length > 0 && (
        <section className="attachments" aria-label={t("attachments")}>
          <Group gap="xs">
            {data.content.files.map((file, n) => (
              <Button key={n} variant="default" size="compact-md" leftSection={<IconDownload size={16} />} onClick={() => save(new Blob([new Uint8Array(file.bytes)], { type: "application/octet-stream" }), file.name)}>
                {file.name} ({size(file.bytes.length)})
              </Button>
            ))}
          </Group>
        </section>
      )}
    </>
  );
}

function SignatureNotice({ signature, from }: { signature: Signature; from: string }) {
  const [details, setDetails] = useState(false);
  const { signer, doubts, at, chain } = signature;
  const isWrong = doubts.some((d) => d === "changed" || d === "broken" || d === "otherSender");
  const color = isWrong ? "red" : doubts.length > 0 ? "orange" : "green";
  return (
    <Alert
      className="card-notice"
      color={color}
      icon={isWrong ? <IconCertificateOff size={18} /> : <IconCertificate size={18} />}
      title={isWrong ? t("smimeInvalid") : t(doubts.length > 0 ? "smimeDoubtful" : "smimeValid", { who: upright(signer?.name ?? "?") })}
    >
      {doubts.length > 0 && (
        <List size="sm">
          {doubts.map((doubt) => (
            <List.Item key={doubt}>{t(reasons[doubt], { who: upright(signer?.emails.join(", ") || signer?.name || "?"), from })}</List.Item>
          ))}
        </List>
      )}
      {signer && (
        <UnstyledButton className="card-to" onClick={() => setDetails(!details)} aria-expanded={details}>
          {t("smimeDetails")} ▾
        </UnstyledButton>
      )}
      {details && signer && (
        <dl className="card-details">
          <div><dt>{t("smimeSigner")}</dt><dd>{upright(`${signer.name} <${signer.emails.join(", ")}>`)}</dd></div>
          {at && <div><dt>{t("smimeAt")}</dt><dd>{longDate(at.toISOString())}</dd></div>}
          <div><dt>{t("smimeIssuer")}</dt><dd>{upright(signer.issuer)}</dd></div>
          <div><dt>{t("smimeValidity")}</dt><dd>{`${longDate(signer.from.toISOString())} – ${longDate(signer.until.toISOString())}`}</dd></div>
          <div><dt>{t("smimeSerial")}</dt><dd>{signer.serial}</dd></div>
          <div><dt>{t("smimeChain")}</dt><dd>{upright(chain.map((c) => c.name).join(" ← "))}</dd></div>
        </dl>
      )}
    </Alert>
  );
}
