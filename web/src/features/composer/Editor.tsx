import { ActionIcon, Button, Divider, Group, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconBlockquote, IconBold, IconClearFormatting, IconItalic, IconLink, IconList, IconListNumbers, IconStrikethrough, IconUnderline } from "@tabler/icons-react";
import Image from "@tiptap/extension-image";
import { EditorContent, useEditor, type Editor as TipTap } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { useState, type ReactNode } from "react";
import { t } from "../../texts";
import { Signature } from "./signature";

interface Props {
  html: string;
  label?: string;
  autoFocus: boolean;
  onChange: (html: string) => void;
  onFiles: (files: File[]) => void;
  onReady: (editor: TipTap) => void;
}

/** Where the text is written. Files that are pasted or dropped are handed on. */
export function Editor({ html, label, autoFocus, onChange, onFiles, onReady }: Props) {
  const editor = useEditor({
    extensions: [StarterKit.configure({ link: { openOnClick: false, defaultProtocol: "https" } }), Image.configure({ allowBase64: true, inline: true }), Signature],
    content: html,
    autofocus: autoFocus ? "start" : false,
    editorProps: {
      attributes: { "aria-label": label ?? t("messageText"), role: "textbox", "aria-multiline": "true", lang: "vi" },
      handlePaste: (_, event) => take(event.clipboardData?.files, onFiles),
      handleDrop: (_, event) => take(event.dataTransfer?.files, onFiles),
    },
    onUpdate: ({ editor: changed }) => onChange(changed.getHTML()),
    onCreate: ({ editor: made }) => onReady(made),
  });
  return (
    <div className="editor">
      <EditorContent editor={editor} className="editor-content" />
      {editor && <Toolbar editor={editor} />}
    </div>
  );
}

function take(files: FileList | undefined | null, onFiles: (files: File[]) => void): boolean {
  if (!files || files.length === 0) return false;
  onFiles([...files]);
  return true;
}

function Toolbar({ editor }: { editor: TipTap }) {
  return (
    <Group gap={2} className="editor-toolbar" role="toolbar" aria-label={t("formatting")} wrap="nowrap">
      <Mark label={t("bold")} isOn={editor.isActive("bold")} onClick={() => editor.chain().focus().toggleBold().run()} icon={<IconBold size={17} />} />
      <Mark label={t("italic")} isOn={editor.isActive("italic")} onClick={() => editor.chain().focus().toggleItalic().run()} icon={<IconItalic size={17} />} />
      <Mark label={t("underline")} isOn={editor.isActive("underline")} onClick={() => editor.chain().focus().toggleUnderline().run()} icon={<IconUnderline size={17} />} />
      <Mark label={t("strike")} isOn={editor.isActive("strike")} onClick={() => editor.chain().focus().toggleStrike().run()} icon={<IconStrikethrough size={17} />} />
      <Divider orientation="vertical" mx={4} />
      <Mark label={t("bulletList")} isOn={editor.isActive("bulletList")} onClick={() => editor.chain().focus().toggleBulletList().run()} icon={<IconList size={17} />} />
      <Mark label={t("numberedList")} isOn={editor.isActive("orderedList")} onClick={() => editor.chain().focus().toggleOrderedList().run()} icon={<IconListNumbers size={17} />} />
      <Mark label={t("quote")} isOn={editor.isActive("blockquote")} onClick={() => editor.chain().focus().toggleBlockquote().run()} icon={<IconBlockquote size={17} />} />
      <LinkButton editor={editor} />
      <Mark label={t("clearFormatting")} isOn={false} onClick={() => editor.chain().focus().clearNodes().unsetAllMarks().run()} icon={<IconClearFormatting size={17} />} />
    </Group>
  );
}

function LinkButton({ editor }: { editor: TipTap }) {
  const [opened, setOpened] = useState(false);
  const [href, setHref] = useState("");
  const apply = () => {
    setOpened(false);
    const text = href.trim();
    const address = text === "" || /^(https?:|mailto:|tel:)/i.test(text) ? text : text.includes("@") ? `mailto:${text}` : `https://${text}`;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (address === "") chain.unsetLink().run();
    else if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text, marks: [{ type: "link", attrs: { href: address } }] }).run();
    else chain.setLink({ href: address }).run();
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="top" shadow="md" trapFocus withRoles={false}>
      <Popover.Target>
        <span>
          <Mark label={t("link")} isOn={editor.isActive("link")} onClick={() => (setHref((editor.getAttributes("link")["href"] as string | undefined) ?? ""), setOpened(!opened))} icon={<IconLink size={17} />} />
        </span>
      </Popover.Target>
      <Popover.Dropdown>
        <Group gap="xs" wrap="nowrap" align="end">
          <TextInput
            label={t("linkAddress")}
            value={href}
            onChange={(e) => setHref(e.currentTarget.value)}
            onKeyDown={(e) => {
              if (e.key !== "Enter") return;
              e.preventDefault();
              e.stopPropagation();
              apply();
            }}
            placeholder="https://"
            data-autofocus
          />
          <Button onClick={apply}>{t("apply")}</Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function Mark({ label, isOn, onClick, icon }: { label: string; isOn: boolean; onClick: () => void; icon: ReactNode }) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon variant={isOn ? "light" : "subtle"} color={isOn ? "congvu" : "gray"} aria-label={label} aria-pressed={isOn} onMouseDown={(e) => e.preventDefault()} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
