import { Button, CloseButton, Group, Paper, Text } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { t } from "../texts";

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void } | undefined;
  isError: boolean;
}

let toasts: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(value: Toast[]): void {
  toasts = value;
  for (const listener of listeners) listener();
}

/** Says what has happened, for some seconds; the action takes it back. Returns how to end it. */
export function toast(text: string, options: { action?: { label: string; run: () => void }; isError?: boolean; seconds?: number } = {}): () => void {
  const id = next++;
  set([...toasts.slice(-2), { id, text, action: options.action, isError: options.isError ?? false }]);
  const close = () => set(toasts.filter((one) => one.id !== id));
  setTimeout(close, (options.seconds ?? (options.isError ? 10 : 7)) * 1000);
  return close;
}

/** Says that something failed, in the reader's language. */
export function toastError(error: unknown): void {
  const isOffline = error instanceof Error && error.message === "offline";
  toast(isOffline ? t("errorOffline") : t("errorFailed", { reason: error instanceof Error ? error.message : String(error) }), { isError: true });
}

export function Toasts() {
  const list = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((one) => (
        <Paper key={one.id} className={one.isError ? "toast toast-error" : "toast"} shadow="md" radius="md" px="md" py={8}>
          <Group gap="sm" wrap="nowrap" justify="space-between">
            <Text size="sm">{one.text}</Text>
            <Group gap={4} wrap="nowrap">
              {one.action && (
                <Button
                  size="compact-sm"
                  variant="white"
                  onClick={() => {
                    set(toasts.filter((other) => other.id !== one.id));
                    one.action?.run();
                  }}
                >
                  {one.action.label}
                </Button>
              )}
              <CloseButton size="sm" c="inherit" variant="transparent" aria-label={t("close")} onClick={() => set(toasts.filter((other) => other.id !== one.id))} />
            </Group>
          </Group>
        </Paper>
      ))}
    </div>
  );
}
