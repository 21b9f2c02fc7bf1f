import { Button, Group, Menu, Popover, TextInput } from "@mantine/core";
import { IconChevronDown, IconX } from "@tabler/icons-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { navigate, searchPath } from "../../app/router";
import type { Id, Mailbox } from "../../jmap/types";
import { t } from "../../texts";
import { folderName, folderTree } from "../folders/names";
import { formatQuery, parseQuery, type Query } from "./query";

/** Below a search: what narrows it, each to set and to take away with one touch. */
export function SearchChips({ accountId, query: line, mailboxes }: { accountId: Id; query: string; mailboxes: Mailbox[] }) {
  const query = parseQuery(line);
  const change = (patch: { [K in keyof Query]?: Query[K] | undefined }) => {
    const next = Object.fromEntries(Object.entries({ ...query, ...patch }).filter(([, v]) => v !== undefined && v !== false)) as unknown as Query;
    navigate(searchPath(accountId, formatQuery({ ...next, text: next.text ?? "" })));
  };
  const folder = mailboxes.find((m) => m.id === query.folder);
  return (
    <Group gap={6} className="chips" role="group" aria-label={t("narrowSearch")}>
      <TextChip label={t("from")} value={query.from} onSet={(from) => change({ from })} />
      <TextChip label={t("to")} value={query.to} onSet={(to) => change({ to })} />
      <Menu shadow="md">
        <Menu.Target>
          <Chip isOn={!!folder} onClear={() => change({ folder: undefined })}>
            {folder ? folderName(folder) : t("folder")}
          </Chip>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
          {folderTree(mailboxes).map(({ mailbox, depth }) => (
            <Menu.Item key={mailbox.id} pl={12 + depth * 14} onClick={() => change({ folder: mailbox.id })}>
              {folderName(mailbox)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <DateChip query={query} onSet={change} />
      <Toggle label={t("hasAttachment")} isOn={!!query.attachment} onChange={(attachment) => change({ attachment })} />
      <Toggle label={t("unread")} isOn={!!query.unread} onChange={(unread) => change({ unread })} />
      <Toggle label={t("starred")} isOn={!!query.starred} onChange={(starred) => change({ starred })} />
    </Group>
  );
}

function Chip({ isOn, children, onClear, ...others }: { isOn: boolean; children: ReactNode; onClear: () => void; onClick?: () => void; "aria-haspopup"?: "dialog"; "aria-expanded"?: boolean }) {
  return (
    <Button.Group>
      <Button size="compact-sm" radius="xl" variant={isOn ? "light" : "default"} rightSection={isOn ? null : <IconChevronDown size={13} />} {...others}>
        {children}
      </Button>
      {isOn && (
        <Button size="compact-sm" radius="xl" variant="light" px={6} aria-label={t("removeFilter")} onClick={onClear}>
          <IconX size={13} />
        </Button>
      )}
    </Button.Group>
  );
}

function Toggle({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (value: boolean) => void }) {
  return (
    <Button size="compact-sm" radius="xl" variant={isOn ? "light" : "default"} aria-pressed={isOn} onClick={() => onChange(!isOn)}>
      {label}
    </Button>
  );
}

function TextChip({ label, value, onSet }: { label: string; value: string | undefined; onSet: (value: string | undefined) => void }) {
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState(value ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setOpened(false);
    onSet(text.trim() || undefined);
  };
  return (
    <Popover opened={opened} onChange={setOpened} shadow="md" trapFocus withRoles={false}>
      <Popover.Target>
        <div>
          <Chip isOn={!!value} onClear={() => onSet(undefined)} aria-haspopup="dialog" aria-expanded={opened} onClick={() => setOpened(!opened)}>
            {value ? `${label}: ${value}` : label}
          </Chip>
        </div>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <TextInput label={label} placeholder={t("nameOrAddress")} value={text} onChange={(e) => setText(e.currentTarget.value)} data-autofocus />
          <Button type="submit" size="compact-sm" mt="sm">
            {t("apply")}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function DateChip({ query, onSet }: { query: Query; onSet: (patch: { after?: string | undefined; before?: string | undefined }) => void }) {
  const [opened, setOpened] = useState(false);
  const [after, setAfter] = useState(query.after ?? "");
  const [before, setBefore] = useState(query.before ?? "");
  const isOn = !!(query.after || query.before);
  const text = [query.after && `${t("fromDay")} ${vn(query.after)}`, query.before && `${t("toDay")} ${vn(query.before)}`].filter(Boolean).join(" ");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setOpened(false);
    onSet({ after: after || undefined, before: before || undefined });
  };
  return (
    <Popover opened={opened} onChange={setOpened} shadow="md" trapFocus withRoles={false}>
      <Popover.Target>
        <div>
          <Chip isOn={isOn} onClear={() => onSet({ after: undefined, before: undefined })} aria-haspopup="dialog" aria-expanded={opened} onClick={() => setOpened(!opened)}>
            {isOn ? text : t("dates")}
          </Chip>
        </div>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <TextInput type="date" label={t("fromDay")} value={after} onChange={(e) => setAfter(e.currentTarget.value)} data-autofocus />
          <TextInput type="date" label={t("toDay")} value={before} onChange={(e) => setBefore(e.currentTarget.value)} mt="xs" />
          <Button type="submit" size="compact-sm" mt="sm">
            {t("apply")}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function vn(day: string): string {
  return day.split("-").reverse().join("/");
}
