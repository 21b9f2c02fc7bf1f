import { ActionIcon, Alert, Avatar, Badge, Button, Group, Menu, Text, Tooltip, useComputedColorScheme } from "@mantine/core";
import { IconArrowBack, IconArrowForward, IconCode, IconDotsVertical, IconDownload, IconMessageReport, IconPhotoOff, IconPrinter, IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useApp } from "../../app/context";
import { colorOf, domainOf, formatAddress, initials, nameOf, upright } from "../../app/people";
import type { Email, EmailAddress, Id } from "../../jmap/types";
import { t } from "../../texts";
import { longDate, shortDate } from "../../texts/format";
import { isInside } from "../mail-list/MessageList";
import { keepMessage } from "../offline/store";
import { Attachments, fileName } from "./Attachments";
import { readAuthentication } from "./authentication";
import { listedAttachments, useBody } from "./body";
import { download } from "./download";
import { MessageFrame } from "./MessageFrame";
import { isSecure } from "../smime/isSecure";
import { escapeHtml } from "./sanitize";

const ReportDialog = lazy(() => import("../report/ReportDialog"));
const Original = lazy(() => import("./Original"));
const SecureMail = lazy(() => import("../smime/SecureMail"));

interface Props {
  accountId: Id;
  email: Email;
  isOpen: boolean;
  onToggle: () => void;
  onReply: (kind: "reply" | "replyAll" | "forward") => void;
}

/** One message of a conversation, folded or open. */
export function MessageCard({ accountId, email, isOpen, onToggle, onReply }: Props) {
  const { client } = useApp();
  const [details, setDetails] = useState(false);
  const [printed, setPrinted] = useState(0);
  const [original, setOriginal] = useState(false);
  const [reporting, setReporting] = useState(false);
  const sender = email.from?.[0] ?? { name: null, email: t("nobody") };
  const isExternal = !isInside(domainOf(sender.email), domainOf(client.session.accounts[accountId]?.name ?? ""));
  const eml = () => void download(client.downloadUrl(accountId, email.blobId, `${safeName(email.subject)}.eml`, "message/rfc822"), `${safeName(email.subject)}.eml`);

  if (!isOpen)
    return (
      <article className="card folded" id={`message-${email.id}`}>
        <button type="button" className="card-fold" onClick={onToggle} aria-expanded={false}>
          <Avatar size={34} radius="xl" color={colorOf(sender.email)} alt="">
            {initials(nameOf(sender))}
          </Avatar>
          <span className="card-fold-text">
            <span className="card-fold-name">{nameOf(sender)}</span>
            <span className="card-fold-preview">{email.preview}</span>
          </span>
          <time dateTime={email.receivedAt}>{shortDate(email.receivedAt)}</time>
        </button>
      </article>
    );
  return (
    <article className="card" id={`message-${email.id}`} aria-label={t("messageFrom", { who: nameOf(sender) })}>
      <header className="card-head">
        <Avatar size={40} radius="xl" color={colorOf(sender.email)} alt="">
          {initials(nameOf(sender))}
        </Avatar>
        <div className="card-who">
          <div className="card-from">
            <button type="button" className="card-name" onClick={onToggle} aria-expanded>
              {nameOf(sender)}
            </button>
            <Text size="xs" c="dimmed" component="span" className="card-address">
              {sender.name ? upright(sender.email) : ""}
            </Text>
            {isExternal && (
              <Tooltip label={t("externalHint")}>
                <Badge size="sm" color="orange" variant="light" className="badge-external">
                  {t("external")}
                </Badge>
              </Tooltip>
            )}
            <AuthenticationMark email={email} />
          </div>
          <button type="button" className="card-to" onClick={() => setDetails(!details)} aria-expanded={details}>
            {t("toWhom", { who: recipients(email) })} ▾
          </button>
        </div>
        <time className="card-date" dateTime={email.receivedAt} title={longDate(email.receivedAt)}>
          {shortDate(email.receivedAt)}
        </time>
        <Group gap={0} wrap="nowrap" className="card-tools">
          <Tooltip label={t("reply")}>
            <ActionIcon variant="subtle" color="gray" aria-label={t("reply")} onClick={() => onReply("reply")}>
              <IconArrowBack size={18} />
            </ActionIcon>
          </Tooltip>
          <Menu position="bottom-end" shadow="md" width={240}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={t("moreFor", { who: nameOf(sender) })}>
                <IconDotsVertical size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconArrowBack size={16} />} onClick={() => onReply("replyAll")}>
                {t("replyAll")}
              </Menu.Item>
              <Menu.Item leftSection={<IconArrowForward size={16} />} onClick={() => onReply("forward")}>
                {t("forward")}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPrinter size={16} />} onClick={() => setPrinted((n) => n + 1)}>
                {t("print")}
              </Menu.Item>
              <Menu.Item leftSection={<IconCode size={16} />} onClick={() => setOriginal(true)}>
                {t("showOriginal")}
              </Menu.Item>
              <Menu.Item leftSection={<IconDownload size={16} />} onClick={eml}>
                {t("downloadEml")}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item leftSection={<IconMessageReport size={16} />} onClick={() => setReporting(true)}>
                {t("reportMessage")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </header>
      {details && <Details email={email} />}
      <Body accountId={accountId} email={email} printed={printed} />
      <Attachments accountId={accountId} parts={listedAttachments(email)} archiveName={safeName(email.subject)} />
      {reporting && (
        <Suspense fallback={null}>
          <ReportDialog messageId={email.messageId?.[0] ?? null} subject={email.subject} onClose={() => setReporting(false)} />
        </Suspense>
      )}
      {original && (
        <Suspense fallback={null}>
          <Original accountId={accountId} email={email} onDownload={eml} onClose={() => setOriginal(false)} />
        </Suspense>
      )}
    </article>
  );
}

function Body({ accountId, email, printed }: { accountId: Id; email: Email; printed: number }) {
  const { preferences, setPreferences, session } = useApp();
  const sender = email.from?.[0]?.email.toLowerCase() ?? "";
  const trusted = preferences.trustedSenders?.includes(sender) ?? false;
  const [asked, setAsked] = useState(false);
  const remote = asked || trusted;
  const dark = useComputedColorScheme("light") === "dark";
  const secure = isSecure(email["header:Content-Type:asText"]);
  const body = useBody(accountId, email, remote);
  useEffect(() => {
    if (session.publicComputer || !body.isReady) return;
    const { id, threadId, subject, from, to, cc } = email;
    const attachments = listedAttachments(email).map(fileName);
    void keepMessage({ login: session.login, accountId, id, threadId, subject, from, to, cc, date: email.sentAt ?? email.receivedAt, html: body.html, attachments, savedAt: Date.now() });
  }, [session, accountId, email, body]);
  const head = `<div class="congvu-print"><h2>${escapeHtml(email.subject ?? "")}</h2><p>${escapeHtml(t("from"))}: ${escapeHtml(list(email.from))}<br>${escapeHtml(t("to"))}: ${escapeHtml(list(email.to))}${email.cc?.length ? `<br>${escapeHtml(t("cc"))}: ${escapeHtml(list(email.cc))}` : ""}<br>${escapeHtml(t("date"))}: ${escapeHtml(longDate(email.sentAt ?? email.receivedAt))}</p></div>`;
  const checked = secure && (
    <Suspense fallback={null}>
      <SecureMail accountId={accountId} email={email} dark={dark} printed={printed} />
    </Suspense>
  );
  if (secure === "wrapped") return checked;
  return (
    <>
      {checked}
      {body.hasRemote && !remote && (
        <Alert className="card-notice" color="gray" icon={<IconPhotoOff size={18} />} py={8}>
          <Group justify="space-between" gap="xs">
            <Text size="sm">{t("imagesBlocked")}</Text>
            <Group gap={6}>
              <Button size="compact-sm" variant="default" onClick={() => setAsked(true)}>
                {t("showImages")}
              </Button>
              <Button size="compact-sm" variant="subtle" onClick={() => setPreferences({ trustedSenders: [...(preferences.trustedSenders ?? []), sender].slice(-500) })}>
                {t("alwaysShowImages")}
              </Button>
            </Group>
          </Group>
        </Alert>
      )}
      <MessageFrame html={head + (body.html || (body.isReady ? `<p>${escapeHtml(t("noText"))}</p>` : ""))} remote={remote && body.hasRemote} paper={body.hasColors} dark={dark} printed={printed} />
      {body.isTruncated && (
        <Text size="sm" c="dimmed" m="sm">
          {t("textTruncated")}
        </Text>
      )}
    </>
  );
}

function Details({ email }: { email: Email }) {
  const rows: [string, string][] = [
    [t("from"), list(email.from)],
    [t("to"), list(email.to)],
    [t("cc"), list(email.cc)],
    [t("bcc"), list(email.bcc)],
    [t("replyTo"), list(email.replyTo)],
    [t("date"), longDate(email.sentAt ?? email.receivedAt)],
  ];
  return (
    <dl className="card-details">
      {rows
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

// Simply: whether the sender is who it says, where the server has checked.
function AuthenticationMark({ email }: { email: Email }) {
  const { session } = useApp();
  const result = readAuthentication(email["header:Authentication-Results:asText:all"] ?? [], session.mailHost);
  return (
    <>
      {result === "pass" && (
        <Tooltip label={t("senderVerified")}>
          <IconShieldCheck size={17} className="verified" aria-label={t("senderVerified")} />
        </Tooltip>
      )}
      {result === "fail" && (
        <Badge size="sm" color="red" leftSection={<IconShieldX size={12} />}>
          {t("senderForged")}
        </Badge>
      )}
    </>
  );
}

function list(addresses: EmailAddress[] | null): string {
  return (addresses ?? []).map(formatAddress).join(", ");
}

function recipients(email: Email): string {
  const all = [...(email.to ?? []), ...(email.cc ?? [])];
  const names = all.slice(0, 3).map(nameOf).join(", ");
  return all.length > 3 ? t("andMore", { names, n: all.length - 3 }) : names || t("nobody");
}

export function safeName(subject: string | null): string {
  return (subject ?? "thu").replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ").trim().slice(0, 80) || "thu";
}
