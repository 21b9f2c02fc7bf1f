import { Node } from "@tiptap/core";
import type { Editor } from "@tiptap/react";

/** The signature within the text: a block of its own, so that another one can take its place. */
export const Signature = Node.create({
  name: "signature",
  group: "block",
  content: "block+",
  parseHTML: () => [{ tag: "div[data-signature]" }],
  renderHTML: () => ["div", { "data-signature": "true" }, 0],
});

/** Puts a signature in the place of the one that is there, or before what is quoted; nothing takes it away. */
export function putSignature(editor: Editor, html: string): void {
  let found: { from: number; to: number } | null = null;
  let before: number | null = null;
  editor.state.doc.forEach((node, offset) => {
    if (node.type.name === "signature") found ??= { from: offset, to: offset + node.nodeSize };
    if (node.type.name === "blockquote") before ??= offset;
  });
  const place = found as { from: number; to: number } | null;
  const content = html ? `<div data-signature="true">${html}</div>` : "";
  if (place) {
    if (content) editor.chain().insertContentAt(place, content).run();
    else editor.chain().deleteRange(place).run();
  } else if (content) editor.chain().insertContentAt(before ?? editor.state.doc.content.size, content).run();
}
