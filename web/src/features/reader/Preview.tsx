import { ActionIcon, Group, Loader, Modal, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import * as pdf from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { t } from "../../texts";
import type { PreviewKind } from "./Attachments";
import { download } from "./download";
import { readOffice, type Block } from "./office";

pdf.GlobalWorkerOptions.workerSrc = workerUrl;

const maxPages = 50;

/** A look at an attachment without saving it: pictures, text, and the pages of a PDF. */
export default function Preview({ url, name, type, kind, onClose }: { url: string; name: string; type: string; kind: PreviewKind; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      closeButtonProps={{ "aria-label": t("close") }}
      title={
        <Group gap="xs" wrap="nowrap">
          <Text fw={600} lineClamp={1}>
            {name}
          </Text>
          <ActionIcon variant="subtle" aria-label={t("downloadFile", { name })} onClick={() => void download(url, name)}>
            <IconDownload size={18} />
          </ActionIcon>
        </Group>
      }
    >
      {kind === "pdf" ? <PdfPages url={url} /> : kind === "office" ? <OfficeText url={url} /> : kind === "image" ? <Picture url={url} name={name} type={type} /> : <PlainFile url={url} />}
    </Modal>
  );
}

function Picture({ url, name, type }: { url: string; name: string; type: string }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    void fetch(url)
      .then((r) => r.arrayBuffer())
      .then((bytes) => setAddress((made = URL.createObjectURL(new Blob([bytes], { type })))));
    return () => {
      if (made) URL.revokeObjectURL(made);
    };
  }, [url, type]);
  return address ? <img src={address} alt={name} style={{ maxWidth: "100%", display: "block", margin: "0 auto" }} /> : <Loader aria-label={t("loading")} />;
}

function PlainFile({ url }: { url: string }) {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => void fetch(url).then(async (r) => setText((await r.text()).slice(0, 500_000))), [url]);
  return text === null ? <Loader aria-label={t("loading")} /> : <pre className="original">{text}</pre>;
}

// The words of a document, by which one knows whether it is the right one; the document itself is a download away.
function OfficeText({ url }: { url: string }) {
  const [blocks, setBlocks] = useState<Block[] | "failed" | null>(null);
  useEffect(() => {
    fetch(url)
      .then(async (response) => setBlocks(readOffice(new Uint8Array(await response.arrayBuffer()))))
      .catch(() => setBlocks("failed"));
  }, [url]);
  if (blocks === null) return <Loader aria-label={t("loading")} />;
  if (blocks === "failed") return <Text>{t("previewFailed")}</Text>;
  return (
    <div className="office-text">
      <Text size="sm" c="dimmed" mb="sm">
        {t("officeHint")}
      </Text>
      {blocks.map((block, n) =>
        block.kind === "table" ? (
          <div key={n} className="office-table" tabIndex={0} role="region" aria-label={t("table")}>
            <table>
              <tbody>
                {block.rows.map((row, r) => (
                  <tr key={r}>
                    {row.map((cell, c) => (
                      <td key={c}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : (
          <p key={n} className={block.kind === "heading" ? "office-heading" : ""}>
            {block.text}
          </p>
        ),
      )}
      {blocks.length === 0 && <Text>{t("noText")}</Text>}
    </div>
  );
}

function PdfPages({ url }: { url: string }) {
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  useEffect(() => {
    // The policy allows no compiling of text; nothing in a document runs either.
    const task = pdf.getDocument({ url, isEvalSupported: false, enableXfa: false });
    void (async () => {
      try {
        const document_ = await task.promise;
        for (let n = 1; n <= Math.min(document_.numPages, maxPages); n++) {
          const page = await document_.getPage(n);
          const viewport = page.getViewport({ scale: 1.5 });
          const canvas = document.createElement("canvas");
          canvas.width = viewport.width;
          canvas.height = viewport.height;
          canvas.className = "pdf-page";
          canvas.setAttribute("role", "img");
          canvas.setAttribute("aria-label", t("pageN", { n, total: document_.numPages }));
          host.current?.append(canvas);
          await page.render({ canvas, viewport }).promise;
          setState("shown");
        }
      } catch {
        setState((now) => (now === "loading" ? "failed" : now));
      }
    })();
    return () => void task.destroy();
  }, [url]);
  return (
    <>
      {state === "loading" && <Loader aria-label={t("loading")} />}
      {state === "failed" && <Text>{t("previewFailed")}</Text>}
      <div ref={host} />
    </>
  );
}
