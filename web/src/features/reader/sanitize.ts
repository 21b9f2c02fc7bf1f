import createDOMPurify from "dompurify";

export interface Cleaned {
  html: string;
  /** It has pictures of other places, which are not loaded until asked. */
  hasRemote: boolean;
  /** It brings its own colours: it is shown on white paper, whatever the page's own are. */
  hasColors: boolean;
}

const purify = createDOMPurify(window);

// What a letter has no use for: scripts and forms, other documents, SVG and MathML (whose parsing rules have hidden scripts before), styles for the whole page.
const settings = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ["style", "form", "input", "button", "select", "textarea", "option", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "meta", "link", "svg", "math", "audio", "video", "source", "track", "template", "dialog", "slot", "portal", "noscript"],
  FORBID_ATTR: ["id", "name", "class", "srcset", "ping", "background", "poster", "usemap", "ismap", "action", "formaction", "autofocus", "tabindex", "contenteditable", "accesskey", "popover", "popovertarget", "is", "slot", "part"],
  ALLOW_DATA_ATTR: false,
  // By which the composer finds a signature again; it means nothing elsewhere.
  ADD_ATTR: ["data-signature"],
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: false,
} as const;

const safeLink = /^(?:https?:|mailto:|tel:)/i;
const safeImage = /^data:image\/(?:png|jpe?g|gif|webp|bmp);base64,[a-z0-9+/=\s]+$/i;
const httpImage = /^https?:\/\//i;

/** Properties of a style attribute that a letter needs; anything that places, covers, moves, or loads is left out. */
const safeProperty =
  /^(?:color|background-color|font(?:-(?:family|size|style|weight|variant))?|text-(?:align|decoration|indent|transform)|line-height|letter-spacing|white-space|vertical-align|direction|list-style-type|border(?:-(?:top|right|bottom|left))?(?:-(?:width|style|color|radius))?|border-(?:collapse|spacing|radius)|padding(?:-(?:top|right|bottom|left))?|margin(?:-(?:top|right|bottom|left))?|width|max-width|height|min-height|display|table-layout)$/i;

/**
 * Makes the HTML of a message harmless: what remains is text, tables, links that open elsewhere, and pictures that are in the message itself. `inline` finds the picture of a
 * Content-ID. With `remote`, pictures of other places stay.
 */
export function cleanHtml(html: string, inline: (cid: string) => string | null, remote: boolean): Cleaned {
  let hasRemote = false;
  let hasColors = false;
  const body = purify.sanitize(html.slice(0, 24_000_000), { ...settings, RETURN_DOM: true, ADD_ATTR: [...settings.ADD_ATTR], FORBID_TAGS: [...settings.FORBID_TAGS], FORBID_ATTR: [...settings.FORBID_ATTR] }) as unknown as HTMLElement | null;
  // A page of frames has no body.
  if (!body) return { html: "", hasRemote, hasColors };
  for (const element of body.querySelectorAll<HTMLElement>("*")) {
    if (element.hasAttribute("bgcolor") || element.getAttribute("color")) hasColors = true;
    const style = element.getAttribute("style");
    if (style !== null) {
      const kept = cleanStyle(style);
      if (/(?:^|;)\s*(?:background-)?color\s*:/i.test(kept)) hasColors = true;
      if (kept) element.setAttribute("style", kept);
      else element.removeAttribute("style");
    }
    for (const name of ["href", "src", "cite", "longdesc"]) {
      const value = element.getAttribute(name);
      if (value !== null && !(element.tagName === "IMG" && name === "src")) {
        if (name !== "href" || !safeLink.test(value.trim())) element.removeAttribute(name);
      }
    }
    if (element.tagName === "A" && element.hasAttribute("href")) {
      element.setAttribute("target", "_blank");
      element.setAttribute("rel", "noopener noreferrer nofollow");
      element.setAttribute("title", element.getAttribute("href") ?? "");
    }
    if (element.tagName === "IMG") hasRemote = cleanImage(element as HTMLImageElement, inline, remote) || hasRemote;
  }
  return { html: body.innerHTML, hasRemote, hasColors };
}

// Returns whether the picture is somewhere else.
function cleanImage(image: HTMLImageElement, inline: (cid: string) => string | null, remote: boolean): boolean {
  const src = (image.getAttribute("src") ?? "").trim();
  if (/^cid:/i.test(src)) {
    const found = inline(decodeCid(src.slice(4)));
    if (found) image.setAttribute("src", found);
    else image.removeAttribute("src");
    return false;
  }
  if (safeImage.test(src)) return false;
  if (httpImage.test(src)) {
    if (!remote) image.removeAttribute("src");
    return true;
  }
  image.removeAttribute("src");
  return false;
}

function decodeCid(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The properties of a style attribute that are kept. */
export function cleanStyle(style: string): string {
  return style
    .split(";")
    .filter((declaration) => {
      const colon = declaration.indexOf(":");
      const value = declaration.slice(colon + 1);
      // Escapes and comments hide what a value is; functions other than colours load or compute.
      return colon > 0 && safeProperty.test(declaration.slice(0, colon).trim()) && !/[\\@{}<]|\/\*/.test(value) && !/(?!rgba?\(|hsla?\()\b[\w-]+\(/i.test(value) && !/^\s*-\d/.test(value);
    })
    .map((d) => d.trim())
    .join("; ");
}

/** Plain text as HTML: links can be followed, and what is quoted is set off. */
export function textToHtml(text: string): string {
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  const parts: string[] = [];
  let quoted: string[] = [];
  const flush = () => {
    if (quoted.length > 0) parts.push(`<div class="quote">${quoted.join("\n")}</div>`);
    quoted = [];
  };
  for (const line of lines) {
    if (line.startsWith(">")) quoted.push(linkify(line.replace(/^>+ ?/, "")));
    else {
      flush();
      parts.push(`${linkify(line)}\n`);
    }
  }
  flush();
  return `<div class="plain">${parts.join("")}</div>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

function linkify(line: string): string {
  let result = "";
  let end = 0;
  for (const match of line.matchAll(/\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g)) {
    const text = match[0];
    const href = text.includes("://") ? text : `mailto:${text}`;
    result += `${escapeHtml(line.slice(end, match.index))}<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer nofollow">${escapeHtml(text)}</a>`;
    end = match.index + text.length;
  }
  return result + escapeHtml(line.slice(end));
}
