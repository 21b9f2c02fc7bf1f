import { useEffect, useRef, useState } from "react";
import { pressKey } from "../../app/shortcuts";
import { t } from "../../texts";
import { StillFrame } from "./StillFrame";

/** How long the frame's page may take, in milliseconds, before the text is shown without it. */
const patience = 6000;

interface Props {
  html: string;
  /** Pictures of other places are loaded: the frame's own policy allows them only then. */
  remote: boolean;
  paper: boolean;
  dark: boolean;
  printed: number;
}

/**
 * A message's text in a frame without an origin: the page in it has a policy of its own, knows nobody's session, and runs no script but the one that shows what it is sent and says
 * how high it is.
 */
export function MessageFrame({ html, remote, paper, dark, printed }: Props) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(60);
  const [ready, setReady] = useState(0);

  useEffect(() => {
    const listen = (event: MessageEvent<{ ready?: boolean; height?: number; key?: string; ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean; shiftKey?: boolean }>) => {
      if (event.source !== frame.current?.contentWindow) return;
      const { data } = event;
      if (data.ready) setReady((n) => n + 1);
      else if (typeof data.height === "number") setHeight(Math.min(Math.max(data.height, 20), 60_000));
      else if (typeof data.key === "string") pressKey({ key: data.key, ctrlKey: !!data.ctrlKey, metaKey: !!data.metaKey, altKey: !!data.altKey, shiftKey: !!data.shiftKey });
    };
    window.addEventListener("message", listen);
    return () => window.removeEventListener("message", listen);
  }, []);

  const textSize = document.documentElement.dataset["textSize"] ?? "normal";
  useEffect(() => {
    // The frame has no origin that could be named.
    if (ready > 0) frame.current?.contentWindow?.postMessage({ html, look: `${textSize} ${dark ? "dark" : ""} ${paper ? "paper" : ""}`.replace(/\s+/g, " ").trim() }, "*");
  }, [ready, html, dark, paper, textSize]);
  useEffect(() => {
    if (printed > 0) frame.current?.contentWindow?.postMessage({ print: true }, "*");
  }, [printed]);

  // Without a network the frame's page is not to be had.
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    if (ready > 0) return;
    const timer = setTimeout(() => setLost(true), navigator.onLine ? patience : 0);
    return () => clearTimeout(timer);
  }, [ready]);
  if (isLost && ready === 0) return <StillFrame html={html} />;

  return (
    <iframe
      ref={frame}
      className="message-frame"
      title={t("messageText")}
      src={remote ? "/frame.html?images=1" : "/frame.html"}
      sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox allow-modals"
      referrerPolicy="no-referrer"
      style={{ height, colorScheme: paper ? "light" : dark ? "dark" : "light" }}
    />
  );
}
