import { ActionIcon, Button, Group, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconDownload, IconFile, IconFileSpreadsheet, IconFileText, IconFileTypePdf, IconPhoto, IconPresentation, IconZip } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useApp } from "../../app/context";
import { toastError } from "../../app/toasts";
import type { EmailBodyPart, Id } from "../../jmap/types";
import { t } from "../../texts";
import { size } from "../../texts/format";
import { SignatureLine } from "./DocumentSignatures";
import { isSignable } from "./documentSignature";
import { download, save } from "./download";

const Preview = lazy(() => import("./Preview"));

export type PreviewKind = "image" | "pdf" | "text" | "office";

/** How an attachment can be looked at here, by its type, or by its name where the type says nothing; null where it cannot. */
export function previewKind(type: string, name: string): PreviewKind | null {
  const [extension = ""] = /[^.]*$/.exec(name.toLowerCase()) ?? [];
  const isVague = type === "application/octet-stream" || type === "";
  if (/^image\/(png|jpe?g|gif|webp|bmp)$/i.test(type)) return "image";
  if (type === "application/pdf" || (isVague && extension === "pdf")) return "pdf";
  if (/^text\/(plain|csv)$/i.test(type)) return "text";
  return /^(docx|xlsx|pptx|odt|ods|odp|docm|xlsm|pptm)$/.test(extension) ? "office" : null;
}

export function Attachments({ accountId, parts, archiveName }: { accountId: Id; parts: EmailBodyPart[]; archiveName: string }) {
  const { client } = useApp();
  const [preview, setPreview] = useState<EmailBodyPart | null>(null);
  const [zipping, setZipping] = useState(false);
  if (parts.length === 0) return null;
  const url = (part: EmailBodyPart) => client.downloadUrl(accountId, part.blobId ?? "", fileName(part), part.type);
  const all = async () => {
    setZipping(true);
    try {
      const { zipOf } = await import("./zip");
      save(await zipOf(parts.map((part) => ({ name: fileName(part), url: url(part) }))), `${archiveName}.zip`);
    } catch (error) {
      toastError(error);
    }
    setZipping(false);
  };
  return (
    <section className="attachments" aria-label={t("attachments")}>
      <Group justify="space-between" mb={6}>
        <Text size="sm" fw={600}>
          {t("attachmentsN", { n: parts.length })}
        </Text>
        {parts.length > 1 && (
          <Button size="compact-sm" variant="subtle" leftSection={<IconZip size={16} />} loading={zipping} onClick={() => void all()}>
            {t("downloadAll")}
          </Button>
        )}
      </Group>
      <ul className="attachment-list">
        {parts.map((part, n) => (
          <li key={`${part.blobId}${n}`} className="attachment">
            <UnstyledButton className="attachment-main" onClick={() => (previewKind(part.type, fileName(part)) ? setPreview(part) : void download(url(part), fileName(part)))}>
              <span className="sr-only">{t(previewKind(part.type, fileName(part)) ? "previewFile" : "downloadFile", { name: "" })}</span>
              <TypeIcon type={part.type} name={fileName(part)} />
              <span className="attachment-text">
                <span className="attachment-name">{fileName(part)}</span>
                <span className="attachment-size">{size(part.size)}</span>
                {part.blobId && isSignable(part.type, fileName(part), part.size) && <SignatureLine accountId={accountId} blobId={part.blobId} />}
              </span>
            </UnstyledButton>
            <Tooltip label={t("download")}>
              <ActionIcon variant="subtle" color="gray" aria-label={t("downloadFile", { name: fileName(part) })} onClick={() => void download(url(part), fileName(part))}>
                <IconDownload size={17} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </ul>
      {preview && (
        <Suspense fallback={null}>
          <Preview url={url(preview)} name={fileName(preview)} type={preview.type} kind={previewKind(preview.type, fileName(preview)) ?? "text"} onClose={() => setPreview(null)} />
        </Suspense>
      )}
    </section>
  );
}

export function fileName(part: EmailBodyPart): string {
  return part.name?.replace(/[\\/\u0000-\u001f\u202a-\u202e\u2066-\u2069]/g, "_") || (part.type === "message/rfc822" ? "thu.eml" : t("unnamedFile"));
}

export function TypeIcon({ type, name }: { type: string; name: string }) {
  if (type.startsWith("image/")) return <IconPhoto size={26} stroke={1.5} color="#1971c2" aria-hidden />;
  if (type === "application/pdf") return <IconFileTypePdf size={26} stroke={1.5} color="#c92a2a" aria-hidden />;
  if (/\.xlsx?$|\.ods$|\.csv$/i.test(name)) return <IconFileSpreadsheet size={26} stroke={1.5} color="#2f9e44" aria-hidden />;
  if (/\.(pptx?|odp)$/i.test(name)) return <IconPresentation size={26} stroke={1.5} color="#d9480f" aria-hidden />;
  if (/\.docx?$|\.odt$|\.txt$/i.test(name)) return <IconFileText size={26} stroke={1.5} color="#1864ab" aria-hidden />;
  return <IconFile size={26} stroke={1.5} aria-hidden />;
}
