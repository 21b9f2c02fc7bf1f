import { lazy, Suspense, useSyncExternalStore } from "react";
import type { Email, Id } from "../../jmap/types";

const Composer = lazy(() => import("./Composer"));

/** What is to be written. */
export type ComposeTask =
  | { kind: "new"; accountId: Id; to?: string }
  | { kind: "reply" | "replyAll" | "forward"; accountId: Id; email: Email }
  | { kind: "draft"; accountId: Id; emailId: Id }
  | { kind: "restore"; accountId: Id; key: string };

let current: { id: number; task: ComposeTask } | null = null;
let next = 1;
const listeners = new Set<() => void>();

function set(task: ComposeTask | null): void {
  current = task ? { id: next++, task } : null;
  for (const listener of listeners) listener();
}

export function openComposer(task: ComposeTask): void {
  set(task);
}

/** Opens the composer. What was being written is saved as a draft when another is begun. */
export function useComposer(): (task: ComposeTask) => void {
  return openComposer;
}

/** Where the composer is shown; its code is loaded when it is first needed. */
export function ComposerHost({ isPhone }: { isPhone: boolean }) {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
  if (!shown) return null;
  return (
    <Suspense fallback={null}>
      <Composer key={shown.id} task={shown.task} isPhone={isPhone} onClose={() => current?.id === shown.id && set(null)} />
    </Suspense>
  );
}
