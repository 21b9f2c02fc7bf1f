import { Button, Card, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useApp } from "../../app/context";
import type { Template } from "../../api/types";
import { toast } from "../../app/toasts";
import { t } from "../../texts";
import { Editor } from "../composer/Editor";
import { maxTemplateChars, maxTemplates } from "../composer/Templates";
import { cleanHtml } from "../reader/sanitize";

/** What one writes often, to be changed and thrown away. */
export function Templates() {
  const { preferences, setPreferences } = useApp();
  const templates = preferences.templates ?? [];
  const [editing, setEditing] = useState<Template | null>(null);
  const put = (template: Template) => {
    if (template.html.length > maxTemplateChars) return toast(t("templateTooLong"), { isError: true });
    setPreferences({ templates: templates.some((one) => one.id === template.id) ? templates.map((one) => (one.id === template.id ? template : one)) : [...templates, template] });
    setEditing(null);
    toast(t("templateSaved", { name: template.name }));
  };
  return (
    <Stack maw={720}>
      <Text size="sm" c="dimmed">
        {t("templatesHint")}
      </Text>
      {templates.map((one) =>
        editing?.id === one.id ? (
          <TemplateForm key={one.id} first={editing} onSave={put} onCancel={() => setEditing(null)} />
        ) : (
          <Card key={one.id} withBorder padding="sm">
            <Group justify="space-between">
              <div>
                <Text fw={600}>{one.name}</Text>
                {one.subject && (
                  <Text size="sm" c="dimmed">
                    {one.subject}
                  </Text>
                )}
              </div>
              <Group gap="xs">
                <Button size="compact-sm" variant="default" aria-label={t("changeOf", { name: one.name })} onClick={() => setEditing(one)}>
                  {t("change")}
                </Button>
                <Button size="compact-sm" variant="default" aria-label={t("deleteOf", { name: one.name })} onClick={() => setPreferences({ templates: templates.filter((other) => other.id !== one.id) })}>
                  {t("delete")}
                </Button>
              </Group>
            </Group>
          </Card>
        ),
      )}
      {editing && !templates.some((one) => one.id === editing.id) ? (
        <TemplateForm first={editing} onSave={put} onCancel={() => setEditing(null)} />
      ) : (
        templates.length < maxTemplates && (
          <Button variant="default" style={{ alignSelf: "flex-start" }} onClick={() => setEditing({ id: crypto.randomUUID(), name: "", subject: "", html: "" })}>
            {t("addTemplate")}
          </Button>
        )
      )}
    </Stack>
  );
}

function TemplateForm({ first, onSave, onCancel }: { first: Template; onSave: (template: Template) => void; onCancel: () => void }) {
  const [name, setName] = useState(first.name);
  const [subject, setSubject] = useState(first.subject ?? "");
  const [html, setHtml] = useState(first.html);
  return (
    <Card withBorder padding="sm">
      <Stack gap="sm">
        <TextInput label={t("templateName")} value={name} onChange={(e) => setName(e.currentTarget.value)} maxLength={80} />
        <TextInput label={t("subject")} value={subject} onChange={(e) => setSubject(e.currentTarget.value)} maxLength={500} />
        <div className="editor-box">
          <Editor html={cleanHtml(first.html, () => null, false).html} label={t("templateText")} autoFocus={false} onChange={setHtml} onFiles={() => toast(t("noFilesHere"))} onReady={() => undefined} />
        </div>
        <Group>
          <Button disabled={!name.trim()} onClick={() => onSave({ ...first, name: name.trim(), subject: subject.trim(), html })}>
            {t("save")}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {t("cancel")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
