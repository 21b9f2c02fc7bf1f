import { ActionIcon, Button, Group, Menu, Modal, Text, TextInput, Tooltip } from "@mantine/core";
import { IconTemplate } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { useApp } from "../../app/context";
import { navigate } from "../../app/router";
import { toast } from "../../app/toasts";
import type { Template } from "../../api/types";
import { t } from "../../texts";

export const maxTemplates = 50;
export const maxTemplateChars = 20_000;

/** What is written often: put into the text, or made from it. */
export function Templates({ onInsert, html, subject }: { onInsert: (template: Template) => void; html: () => string; subject: string }) {
  const { preferences, setPreferences } = useApp();
  const templates = preferences.templates ?? [];
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const save = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const text = html();
    if (templates.length >= maxTemplates) toast(t("templatesFull"), { isError: true });
    else if (text.length > maxTemplateChars) toast(t("templateTooLong"), { isError: true });
    else {
      setPreferences({ templates: [...templates, { id: crypto.randomUUID(), name: name.trim(), subject, html: text }] });
      toast(t("templateSaved", { name: name.trim() }));
    }
    setNaming(false);
  };
  return (
    <>
      <Menu position="top-start" shadow="md" width={260}>
        <Menu.Target>
          <Tooltip label={t("templates")}>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("templates")}>
              <IconTemplate size={19} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown mah={300} style={{ overflowY: "auto" }}>
          <Menu.Label>{t("templates")}</Menu.Label>
          {templates.map((one) => (
            <Menu.Item key={one.id} onClick={() => onInsert(one)}>
              {one.name}
            </Menu.Item>
          ))}
          {templates.length === 0 && (
            <Text size="xs" c="dimmed" px="sm" pb={4}>
              {t("noTemplates")}
            </Text>
          )}
          <Menu.Divider />
          <Menu.Item onClick={() => (setName(subject), setNaming(true))}>{t("saveAsTemplate")}</Menu.Item>
          <Menu.Item onClick={() => navigate("/settings/templates")}>{t("manageTemplates")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={naming} onClose={() => setNaming(false)} title={t("saveAsTemplate")} closeButtonProps={{ "aria-label": t("close") }}>
        <form onSubmit={save}>
          <TextInput label={t("templateName")} required withAsterisk={false} maxLength={80} value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
          <Group justify="flex-end" mt="md">
            <Button type="submit" disabled={!name.trim()}>
              {t("save")}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
