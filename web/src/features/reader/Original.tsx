import { Button, Group, Modal, ScrollArea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useApp } from "../../app/context";
import type { Email, Id } from "../../jmap/types";
import { t } from "../../texts";

const shown = 512 * 1024;

/** The message as it came, byte for byte. */
export default function Original({ accountId, email, onDownload, onClose }: { accountId: Id; email: Email; onDownload: () => void; onClose: () => void }) {
  const { client } = useApp();
  const { data } = useQuery({
    queryKey: ["original", accountId, email.id],
    queryFn: async () => {
      const response = await fetch(client.downloadUrl(accountId, email.blobId, "original.txt", "text/plain"));
      return (await response.text()).slice(0, shown);
    },
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={t("showOriginal")} closeButtonProps={{ "aria-label": t("close") }}>
      <ScrollArea h="60vh" type="auto" viewportProps={{ tabIndex: 0 }}>
        <pre className="original">{data ?? ""}</pre>
      </ScrollArea>
      <Group justify="flex-end" mt="md">
        <Button onClick={onDownload}>{t("downloadEml")}</Button>
      </Group>
    </Modal>
  );
}
