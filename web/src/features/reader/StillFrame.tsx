import { useComputedColorScheme } from "@mantine/core";
import { t } from "../../texts";

/**
 * A message's text where the page of the frame cannot be had: in a frame without an origin in which nothing runs at all. It cannot say how high it is, so it scrolls within itself.
 */
export function StillFrame({ html }: { html: string }) {
  const dark = useComputedColorScheme("light") === "dark";
  const look = `body{margin:8px;font:15px/1.55 "Be Vietnam Pro",system-ui,sans-serif;overflow-wrap:anywhere;${dark ? "background:#1f2328;color:#e6e8ea" : "background:#fff;color:#1c2430"}}.plain{white-space:pre-wrap}.quote,blockquote{border-left:3px solid #c6ccd3;margin:6px 0;padding-left:12px}img{max-width:100%;height:auto}a{color:${dark ? "#8ab8ff" : "#0b5cad"}}.congvu-print{display:none}`;
  return (
    <iframe
      className="message-frame still-frame"
      title={t("messageText")}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      srcDoc={`<!doctype html><html lang="vi"><head><meta charset="utf-8"><style>${look}</style></head><body>${html}</body></html>`}
    />
  );
}
