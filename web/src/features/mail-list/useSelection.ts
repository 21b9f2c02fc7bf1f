import { useCallback, useEffect, useRef, useState } from "react";
import type { Id } from "../../jmap/types";
import type { MailList } from "../../mail/mailList";

export interface Selection {
  ids: ReadonlySet<Id>;
  /** Everything that the list shows, also what was never looked at. */
  isEverything: boolean;
  clear: () => void;
  set: (ids: ReadonlySet<Id>) => void;
  /** One row; with Shift all from the last one that was chosen to it. */
  toggle: (index: number, extend: boolean) => void;
  selectEverything: () => void;
}

const none: ReadonlySet<Id> = new Set();

/** What is selected in a list; another list begins with nothing. */
export function useSelection(list: MailList): Selection {
  const [ids, setIds] = useState<ReadonlySet<Id>>(none);
  const [isEverything, setEverything] = useState(false);
  const anchor = useRef(-1);
  useEffect(() => {
    setIds(none);
    setEverything(false);
    anchor.current = -1;
  }, [list]);

  const set = useCallback((value: ReadonlySet<Id>) => {
    setIds(value);
    setEverything(false);
  }, []);
  const clear = useCallback(() => set(none), [set]);
  const toggle = (index: number, extend: boolean) => {
    const id = list.ids[index];
    if (id === undefined) return;
    const from = anchor.current;
    anchor.current = index;
    if (!extend || from < 0) {
      set(ids.has(id) ? new Set([...ids].filter((one) => one !== id)) : new Set([...ids, id]));
      return;
    }
    void list.idsBetween(Math.min(from, index), Math.max(from, index)).then((range) => set(new Set([...ids, ...range])));
  };
  return { ids, isEverything, clear, set, toggle, selectEverything: () => setEverything(true) };
}
