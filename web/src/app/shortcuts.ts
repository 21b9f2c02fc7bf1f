import { useEffect, useRef } from "react";

export type Shortcuts = Record<string, () => void>;

const stack: { current: Shortcuts }[] = [];
let prefix = "";
let prefixEnds = 0;

/** What a key means outside of text fields; the latest that knows it wins. */
export function pressKey(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const now = Date.now();
  const keys = prefix && now < prefixEnds ? [`${prefix} ${event.key}`] : [event.key];
  prefix = "";
  for (const key of keys) {
    for (let n = stack.length - 1; n >= 0; n--) {
      const action = stack[n]?.current[key];
      if (action) {
        action();
        return true;
      }
    }
  }
  if (event.key === "g" || event.key === "*") {
    prefix = event.key;
    prefixEnds = now + 1500;
  }
  return false;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [role=menu] *, [role=dialog] *, [role=listbox] *"));
}

window.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event.target)) return;
  if ((event.key === "Enter" || event.key === " ") && event.target instanceof HTMLElement && event.target.matches("button, a, input")) return;
  if (pressKey(event)) event.preventDefault();
});

/** Gmail's keys while a component is shown. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    stack.push(current);
    return () => void stack.splice(stack.indexOf(current), 1);
  }, []);
}
