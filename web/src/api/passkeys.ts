import { request } from "./http";
import type { PasskeyItem, PasskeyQuestion, SessionView } from "./types";

// What browsers have learnt lately (WebAuthn Level 3 §5.1.8-9) and the types of TypeScript do not all know.
interface CredentialFromJson {
  parseCreationOptionsFromJSON?: (options: unknown) => PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?: (options: unknown) => PublicKeyCredentialRequestOptions;
}

const known = (): CredentialFromJson | null => (typeof PublicKeyCredential === "undefined" ? null : (PublicKeyCredential as unknown as CredentialFromJson));

/** Whether this browser knows passkeys, on a connection that is safe enough for them. */
export function hasPasskeys(): boolean {
  return window.isSecureContext && !!known()?.parseRequestOptionsFromJSON;
}

/** Signs in with a passkey that the browser offers. */
export async function signInWithPasskey(publicComputer: boolean): Promise<SessionView> {
  const { state, options } = await request<PasskeyQuestion>("POST", "/api/session/passkey/options");
  const publicKey = known()?.parseRequestOptionsFromJSON?.(options);
  const credential = publicKey ? await navigator.credentials.get({ publicKey }) : null;
  return request<SessionView>("POST", "/api/session/passkey", { state, credential: json(credential), publicComputer });
}

/** Makes a passkey for who is signed in; the password says that it is they. */
export async function addPasskey(password: string, label: string): Promise<PasskeyItem> {
  const { state, options } = await request<PasskeyQuestion>("POST", "/api/account/passkeys/options", { password });
  const publicKey = known()?.parseCreationOptionsFromJSON?.(options);
  const credential = publicKey ? await navigator.credentials.create({ publicKey }) : null;
  return request<PasskeyItem>("POST", "/api/account/passkeys", { state, credential: json(credential), label });
}

function json(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException("no credential", "NotAllowedError");
  return credential.toJSON();
}
