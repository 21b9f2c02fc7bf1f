import { ActionIcon, CloseButton, Progress, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { t } from "../../texts";
import { size } from "../../texts/format";
import { TypeIcon } from "../reader/Attachments";
import type { DraftAttachment } from "./draft";

/** What goes with the message, each with how far it is. */
export function AttachmentList({ attachments, onRemove, onRetry }: { attachments: DraftAttachment[]; onRemove: (key: string) => void; onRetry: (key: string) => void }) {
  if (attachments.length === 0) return null;
  return (
    <ul className="compose-attachments" aria-label={t("attachments")}>
      {attachments.map((one) => (
        <li key={one.key} className="attachment">
          <span className="attachment-main">
            <TypeIcon type={one.type} name={one.name} />
            <span className="attachment-text">
              <span className="attachment-name">{one.name}</span>
              {one.error ? (
                <Text size="xs" c="red" role="alert">
                  {one.error}
                </Text>
              ) : one.progress !== null ? (
                <Progress value={one.progress * 100} size="sm" w={110} aria-label={t("uploading", { name: one.name })} />
              ) : (
                <span className="attachment-size">{size(one.size)}</span>
              )}
            </span>
          </span>
          {one.error && one.error !== t("attachmentsTooLarge") && (
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t("retryUpload", { name: one.name })} onClick={() => onRetry(one.key)}>
              <IconRefresh size={16} />
            </ActionIcon>
          )}
          <CloseButton size="sm" aria-label={t(one.progress === null ? "removeAttachment" : "cancelUpload", { name: one.name })} onClick={() => onRemove(one.key)} />
        </li>
      ))}
    </ul>
  );
}
