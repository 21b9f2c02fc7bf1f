import { toastError } from "../../app/toasts";

/** Saves what an address answers with under a name. */
export async function download(url: string, name: string): Promise<void> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`http${response.status}`);
    save(await response.blob(), name);
  } catch (error) {
    toastError(error);
  }
}

export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
