import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { navigate, searchPath } from "../../app/router";
import type { Id } from "../../jmap/types";
import { t } from "../../texts";

const pause = 350;

/** Finds as one types; Escape goes back to the folder. */
export function SearchBox({ accountId, initial }: { accountId: Id; initial: string }) {
  const [text, setText] = useState(initial);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const isMine = useRef(false);
  useEffect(() => () => void (timer.current && clearTimeout(timer.current)), []);
  useEffect(() => {
    if (document.activeElement?.id !== "search") setText(initial);
  }, [initial]);

  const go = (value: string, replace: boolean) => {
    if (timer.current) clearTimeout(timer.current);
    if (value.trim()) navigate(searchPath(accountId, value.trim()), replace && isMine.current);
    else if (location.pathname.startsWith("/search")) navigate("/");
    isMine.current = value.trim().length > 0;
  };
  return (
    <form
      role="search"
      className="search-box"
      onSubmit={(event) => {
        event.preventDefault();
        go(text, true);
      }}
    >
      <TextInput
        id="search"
        type="text"
        radius="xl"
        aria-label={t("search")}
        placeholder={t("searchPlaceholder")}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconSearch size={17} />}
        rightSection={text ? <CloseButton size="sm" radius="xl" aria-label={t("clearSearch")} onClick={() => (setText(""), go("", false))} /> : null}
        value={text}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setText(value);
          if (timer.current) clearTimeout(timer.current);
          timer.current = setTimeout(() => go(value, true), pause);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setText("");
          go("", false);
          event.currentTarget.blur();
        }}
      />
    </form>
  );
}
