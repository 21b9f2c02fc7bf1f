import { getProof, RequestError } from "../api/http";
import type { JmapClient } from "./client";
import type { Id } from "./types";

export interface Uploaded {
  accountId: Id;
  blobId: Id;
  type: string;
  size: number;
}

/** Uploads a file (RFC 8620 §6.1). XMLHttpRequest because fetch tells nothing of how far it is. */
export function upload(client: JmapClient, accountId: Id, file: Blob, onProgress: (share: number) => void, signal: AbortSignal): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", client.uploadUrl(accountId));
    xhr.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    xhr.setRequestHeader("X-CSRF-Token", getProof());
    xhr.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    xhr.onload = () => {
      if (xhr.status === 201 || xhr.status === 200) {
        resolve(JSON.parse(xhr.responseText) as Uploaded);
        return;
      }
      reject(new RequestError(xhr.status, xhr.status === 413 ? "maxSizeUpload" : "upload"));
    };
    xhr.onerror = () => reject(new RequestError(0, "offline"));
    xhr.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => xhr.abort());
    xhr.send(file);
  });
}
